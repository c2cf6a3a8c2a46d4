#include "CMeCab.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

// A node of libmecab.so.2, as far as it is read (mecab.h of 0.996, struct mecab_node_t).
struct node {
    struct node *previous, *next, *same_end, *same_begin;
    void *right_path, *left_path;
    const char *surface, *feature;
    unsigned int id;
    unsigned short length, length_with_white_space;
    unsigned short right_attribute, left_attribute, part_of_speech;
    unsigned char character_type, status;
};

enum { end_of_sentence = 3 };

static struct {
    void *(*model_new)(int, char **);
    void (*model_destroy)(void *);
    void *(*model_new_tagger)(void *);
    void *(*model_new_lattice)(void *);
    void (*destroy)(void *);
    void (*lattice_destroy)(void *);
    void (*lattice_set_sentence)(void *, const char *, size_t);
    int (*parse_lattice)(void *, void *);
    struct node *(*lattice_get_bos_node)(void *);
    void (*lattice_clear)(void *);
    const char *(*strerror)(void *);
    int is_loaded;
} library;

static void load(void) {
    void *handle = dlopen("libmecab.so.2", RTLD_NOW | RTLD_LOCAL);
    if (!handle) return;
    const struct { const char *name; void **function; } functions[] = {
        {"mecab_model_new", (void **)&library.model_new},
        {"mecab_model_destroy", (void **)&library.model_destroy},
        {"mecab_model_new_tagger", (void **)&library.model_new_tagger},
        {"mecab_model_new_lattice", (void **)&library.model_new_lattice},
        {"mecab_destroy", (void **)&library.destroy},
        {"mecab_lattice_destroy", (void **)&library.lattice_destroy},
        {"mecab_lattice_set_sentence2", (void **)&library.lattice_set_sentence},
        {"mecab_parse_lattice", (void **)&library.parse_lattice},
        {"mecab_lattice_get_bos_node", (void **)&library.lattice_get_bos_node},
        {"mecab_lattice_clear", (void **)&library.lattice_clear},
        {"mecab_strerror", (void **)&library.strerror},
    };
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        *functions[i].function = dlsym(handle, functions[i].name);
        if (!*functions[i].function) return;
    }
    library.is_loaded = 1;
}

struct kotae_mecab {
    void *model, *tagger;
};

kotae_mecab *kotae_mecab_open(const char *dictionary, int *is_missing, char *error, size_t size) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    *is_missing = !library.is_loaded;
    if (!library.is_loaded) return NULL;
    // The resource file of the system names a dictionary of its own; this one needs none.
    char *arguments[] = {"mecab", "-r", "/dev/null", "-d", (char *)dictionary};
    void *model = library.model_new(sizeof arguments / sizeof *arguments, arguments);
    void *tagger = model ? library.model_new_tagger(model) : NULL;
    kotae_mecab *mecab = tagger ? malloc(sizeof *mecab) : NULL;
    if (!mecab) {
        snprintf(error, size, "%s", library.strerror(NULL));
        if (tagger) library.destroy(tagger);
        if (model) library.model_destroy(model);
        return NULL;
    }
    *mecab = (kotae_mecab){model, tagger};
    return mecab;
}

void kotae_mecab_close(kotae_mecab *mecab) {
    library.destroy(mecab->tagger);
    library.model_destroy(mecab->model);
    free(mecab);
}

kotae_mecab_lattice *kotae_mecab_lattice_new(kotae_mecab *mecab) {
    return library.model_new_lattice(mecab->model);
}

void kotae_mecab_lattice_free(kotae_mecab_lattice *lattice) {
    library.lattice_destroy(lattice);
}

void kotae_mecab_words(
    kotae_mecab *mecab, kotae_mecab_lattice *lattice, const char *text, size_t length, void *context,
    void (*found)(void *context, size_t begin, size_t end)) {
    library.lattice_set_sentence(lattice, text, length);
    if (!library.parse_lattice(mecab->tagger, lattice)) return;
    const struct node *node = library.lattice_get_bos_node(lattice);
    for (node = node ? node->next : NULL; node && node->status != end_of_sentence; node = node->next) {
        size_t begin = (size_t)(node->surface - text);
        found(context, begin, begin + node->length);
    }
    library.lattice_clear(lattice);
}
