// MeCab's division of Japanese text into words, by the library that is installed when it is first asked for.
#pragma once

#include <stddef.h>

typedef struct kotae_mecab kotae_mecab;
typedef struct kotae_mecab_lattice kotae_mecab_lattice;

// Opens a dictionary: a folder with sys.dic, unk.dic, matrix.bin, char.bin and dicrc, in UTF-8.
// NULL when libmecab.so.2 is not installed, in which case *is_missing is 1, or when it refuses the
// dictionary; then `error`, of `size` bytes, says why.
kotae_mecab *kotae_mecab_open(const char *dictionary, int *is_missing, char *error, size_t size);
void kotae_mecab_close(kotae_mecab *mecab);

// What one thread at a time works in. NULL when there is no memory.
kotae_mecab_lattice *kotae_mecab_lattice_new(kotae_mecab *mecab);
void kotae_mecab_lattice_free(kotae_mecab_lattice *lattice);

// Calls `found` with where each word of the most probable division begins and ends, in bytes and in order.
// White space between words is left out. `text` is UTF-8 of `length` bytes and without a NUL.
// Nothing is found when the library fails, which it does when memory is out.
void kotae_mecab_words(
    kotae_mecab *mecab, kotae_mecab_lattice *lattice, const char *text, size_t length, void *context,
    void (*found)(void *context, size_t begin, size_t end));
