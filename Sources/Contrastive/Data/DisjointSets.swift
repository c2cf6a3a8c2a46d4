/// Union and find with path halving. Tarjan, "Efficiency of a Good But Not Linear Set Union
/// Algorithm", JACM 1975.
struct DisjointSets {
    private var parents: [Int]

    init(count: Int) { parents = Array(0..<count) }

    mutating func root(of element: Int) -> Int {
        var element = element
        while parents[element] != element {
            parents[element] = parents[parents[element]]
            element = parents[element]
        }
        return element
    }

    mutating func join(_ a: Int, _ b: Int) {
        let (a, b) = (root(of: a), root(of: b))
        if a != b { parents[max(a, b)] = min(a, b) }
    }
}
