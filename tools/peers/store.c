// Look-ups in an index folder, in plain C over LMDB: what `kotae bench store` is compared with.
//
//     cc -O2 -o store tools/peers/store.c -llmdb && ./store FOLDER [ROUNDS]
//
// Every vector by its key in random order with all its numbers summed, and the vector of every
// document's question by the document's id, copied. Prints one JSON object; the best round counts.
// Nothing is checked: not the kinds of records, not their checksums.
#include <lmdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { seal = 8, copied_at_a_time = 1000 };

static void check(int status, const char *what) {
    if (status == 0) return;
    fprintf(stderr, "%s: %s\n", what, mdb_strerror(status));
    exit(1);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static uint64_t random_state = 1;

static uint64_t random_number(void) {
    uint64_t mixed = random_state += 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
}

static MDB_dbi table(MDB_txn *transaction, const char *name) {
    MDB_dbi table;
    check(mdb_dbi_open(transaction, name, 0, &table), name);
    return table;
}

// The keys of a table, copied and shuffled.
static MDB_val *shuffled_keys(MDB_txn *transaction, MDB_dbi table, size_t *count) {
    MDB_stat size;
    check(mdb_stat(transaction, table, &size), "mdb_stat");
    MDB_val *keys = malloc((size.ms_entries + 1) * sizeof *keys);
    MDB_cursor *cursor;
    check(mdb_cursor_open(transaction, table, &cursor), "mdb_cursor_open");
    MDB_val key, value;
    *count = 0;
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
        void *copy = malloc(key.mv_size);
        memcpy(copy, key.mv_data, key.mv_size);
        keys[(*count)++] = (MDB_val){key.mv_size, copy};
    }
    mdb_cursor_close(cursor);
    for (size_t i = *count; i > 1; i--) {
        size_t other = random_number() % i;
        MDB_val kept = keys[i - 1];
        keys[i - 1] = keys[other];
        keys[other] = kept;
    }
    return keys;
}

static uint64_t big_endian(const void *bytes) {
    uint64_t number;
    memcpy(&number, bytes, sizeof number);
    return __builtin_bswap64(number);
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: store FOLDER [ROUNDS]\n");
        return 64;
    }
    int rounds = argc > 2 ? atoi(argv[2]) : 5;
    MDB_env *environment;
    check(mdb_env_create(&environment), "mdb_env_create");
    check(mdb_env_set_maxdbs(environment, 32), "mdb_env_set_maxdbs");
    check(mdb_env_open(environment, argv[1], MDB_RDONLY, 0644), argv[1]);
    MDB_txn *transaction;
    check(mdb_txn_begin(environment, NULL, MDB_RDONLY, &transaction), "mdb_txn_begin");
    MDB_dbi vectors = table(transaction, "vectors"), ids = table(transaction, "ids"),
            document_vectors = table(transaction, "document_vectors");
    size_t vector_count, id_count;
    MDB_val *vector_keys = shuffled_keys(transaction, vectors, &vector_count);
    MDB_val *id_keys = shuffled_keys(transaction, ids, &id_count);
    MDB_val value;

    double by_key = 0, sum = 0;
    size_t dimensions = 0;
    // The first round only reads the index.
    for (int round = 0; round <= rounds; round++) {
        sum = 0;
        double start = seconds();
        for (size_t i = 0; i < vector_count; i++) {
            check(mdb_get(transaction, vectors, &vector_keys[i], &value), "vectors");
            dimensions = (value.mv_size - seal) / sizeof(float);
            const float *numbers = value.mv_data;
            float own = 0;
            for (size_t d = 0; d < dimensions; d++) own += numbers[d];
            sum += own;
        }
        double rate = (double)vector_count / (seconds() - start);
        if (round > 0 && rate > by_key) by_key = rate;
    }

    double by_id = 0;
    float *buffer = malloc(copied_at_a_time * dimensions * sizeof *buffer + 1);
    for (int round = 0; round < rounds; round++) {
        double start = seconds();
        for (size_t i = 0; i < id_count; i++) {
            check(mdb_get(transaction, ids, &id_keys[i], &value), "ids");
            MDB_val document = {8, value.mv_data};
            check(mdb_get(transaction, document_vectors, &document, &value), "document_vectors");
            // Kind, ordinal, vector; the question comes first.
            uint64_t key = big_endian((const char *)value.mv_data + 8);
            MDB_val vector = {sizeof key, &key};
            check(mdb_get(transaction, vectors, &vector, &value), "vectors");
            memcpy(
                buffer + i % copied_at_a_time * dimensions, value.mv_data, dimensions * sizeof *buffer);
        }
        double rate = (double)id_count / (seconds() - start);
        if (rate > by_id) by_id = rate;
    }
    printf(
        "{\"vectors\":%zu,\"documents\":%zu,\"dimensions\":%zu,\"by_key_per_second\":%.0f,"
        "\"by_id_per_second\":%.0f,\"sum\":%.9g}\n",
        vector_count, id_count, dimensions, by_key, by_id, sum);
    mdb_txn_abort(transaction);
    mdb_env_close(environment);
}
