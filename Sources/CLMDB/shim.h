#ifndef KOTAE_CLMDB_SHIM_H
#define KOTAE_CLMDB_SHIM_H

#include <lmdb.h>

#endif
