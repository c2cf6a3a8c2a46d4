// The graph of an HNSW index (Malkov, Yashunin: "Efficient and robust approximate nearest neighbor
// search using Hierarchical Navigable Small World graphs", 2018), searched with our own loop.
//
// FAISS 1.7.3 offers two searches: one whose queue of candidates is bounded, which loses recall, and
// one that ignores a selection of rows; both ask for one distance at a time.
#pragma once

#include "Best.hpp"
#include "Errors.hpp"
#include "Selection.hpp"
#include "Trailer.hpp"

#include <cstring>
#include <memory>
#include <mutex>
#include <vector>

namespace cfaiss {

/// A graph in FAISS's layout, owned by someone else. In a file it is checked as it is read, and nothing
/// that it says is followed out of the graph.
struct Graph {
    /// Row -> where its lists of neighbours begin: count + 1 uint64, at any alignment.
    const uint8_t *offsets = nullptr;
    /// The lists, int32 at any alignment: of each row level after level, each filled up with -1.
    const uint8_t *neighbours = nullptr;
    uint64_t neighbour_count = 0;
    /// Where the graph lies in a file: the file, and the places of the offsets and of the lists in it.
    const Contents *contents = nullptr;
    uint64_t offsets_place = 0, neighbours_place = 0;
    /// Level -> how far after a row's offset its list begins.
    std::vector<int32_t> level_starts;
    int64_t count = 0;
    /// Where a search begins; -1 where there are no rows.
    int32_t entry_point = -1;
    int32_t max_level = -1;

    struct List {
        const uint8_t *begin, *end;
    };

    /// Throws a Failure where the file is damaged.
    List list(int64_t row, int32_t level) const {
        uint64_t offset;
        const uint64_t place = uint64_t(row) * sizeof offset;
        if (contents != nullptr) {
            contents->check(offsets_place + place, offsets_place + place + sizeof offset);
        }
        std::memcpy(&offset, offsets + place, sizeof offset);
        const uint64_t first = uint64_t(level_starts[size_t(level)]);
        const uint64_t last = uint64_t(level_starts[size_t(level) + 1]);
        if (offset > neighbour_count || last > neighbour_count - offset) {
            throw malformed("an offset of the graph is damaged");
        }
        const uint64_t begin = (offset + first) * sizeof(int32_t);
        const uint64_t end = (offset + last) * sizeof(int32_t);
        if (contents != nullptr) contents->check(neighbours_place + begin, neighbours_place + end);
        return {neighbours + begin, neighbours + end};
    }
};

/// Which rows a search has met.
class Visits {
public:
    explicit Visits(int64_t count) : marks(size_t(count), 0) {}

    /// Forgets all; O(count) once in 255 times.
    void restart() {
        if (++current == 0) {
            std::fill(marks.begin(), marks.end(), 0);
            current = 1;
        }
    }

    /// Whether this is the row's first visit.
    bool visit(int32_t row) {
        if (marks[size_t(row)] == current) return false;
        marks[size_t(row)] = current;
        return true;
    }

private:
    std::vector<uint8_t> marks;
    uint8_t current = 0;
};

/// Visits that are kept for the next search.
class VisitsPool {
public:
    std::unique_ptr<Visits> take(int64_t count) {
        const std::lock_guard<std::mutex> lock(mutex);
        if (kept.empty()) return std::make_unique<Visits>(count);
        auto visits = std::move(kept.back());
        kept.pop_back();
        return visits;
    }

    void give_back(std::unique_ptr<Visits> visits) {
        const std::lock_guard<std::mutex> lock(mutex);
        kept.push_back(std::move(visits));
    }

private:
    std::mutex mutex;
    std::vector<std::unique_ptr<Visits>> kept;
};

/// Scores rows for one query: `score(rows, count, scores)`, and `announce(row)` beforehand, so that
/// memory can be fetched early.
///
/// Collects the selected ones of those met into `best`, whose limit is how widely to search; rows
/// that are not selected are passed through. `visits` are for this graph's rows.
template <typename Scorer>
void search_graph(
    const Graph &graph, const Selection &selection, Scorer &scorer, Visits &visits, Best &best) {
    if (graph.entry_point < 0) return;
    std::vector<int32_t> met;
    std::vector<float> scores;
    const auto gather = [&](int64_t row, int32_t level, bool once) {
        met.clear();
        const Graph::List list = graph.list(row, level);
        for (const uint8_t *at = list.begin; at < list.end; at += sizeof(int32_t)) {
            int32_t neighbour;
            std::memcpy(&neighbour, at, sizeof neighbour);
            if (neighbour < 0) break;
            if (neighbour >= graph.count) throw malformed("a neighbour in the graph is damaged");
            if (once && !visits.visit(neighbour)) continue;
            scorer.announce(neighbour);
            met.push_back(neighbour);
        }
        scores.resize(met.size());
        scorer.score(met.data(), met.size(), scores.data());
    };

    Neighbour nearest{0, graph.entry_point};
    scorer.score(&graph.entry_point, 1, &nearest.score);
    for (int32_t level = graph.max_level; level > 0; level--) {
        for (bool moved = true; moved;) {
            moved = false;
            gather(nearest.row, level, false);
            for (size_t i = 0; i < met.size(); i++) {
                const Neighbour neighbour{scores[i], met[i]};
                if (precedes(neighbour, nearest)) {
                    nearest = neighbour;
                    moved = true;
                }
            }
        }
    }

    visits.restart();
    visits.visit(int32_t(nearest.row));
    // Heap with the best in front.
    const auto follows = [](const Neighbour &a, const Neighbour &b) { return precedes(b, a); };
    std::vector<Neighbour> candidates{nearest};
    if (selection.contains(nearest.row)) best.offer(nearest);
    while (!candidates.empty()) {
        const Neighbour candidate = candidates.front();
        if (best.full() && precedes(best.worst(), candidate)) break;
        std::pop_heap(candidates.begin(), candidates.end(), follows);
        candidates.pop_back();
        gather(candidate.row, 0, true);
        for (size_t i = 0; i < met.size(); i++) {
            if (!best.may_take(scores[i])) continue;
            const Neighbour neighbour{scores[i], met[i]};
            candidates.push_back(neighbour);
            std::push_heap(candidates.begin(), candidates.end(), follows);
            if (selection.contains(neighbour.row)) best.offer(neighbour);
        }
    }
}

} // namespace cfaiss
