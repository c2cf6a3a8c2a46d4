import ArgumentParser
import Contrastive
import Foundation
import Yams

/// A YAML file whose keys are long options: `batch-size: 32`, `symmetric: false`, `pairs: [a, b]`.
struct ConfigurationFile {
    private let path: String
    private let options: [(name: String, values: [String])]

    /// - Throws: `ValidationError` with the place when the file is not such a list.
    init(_ path: String) throws {
        self.path = path
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw ValidationError("\(path): cannot be read")
        }
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw ValidationError("\(path): \(error)")
        }
        guard let mapping = node?.mapping else {
            throw ValidationError("\(path): expected options as a YAML mapping, such as \"epochs: 5\"")
        }
        options = try mapping.map { key, value in
            guard let name = key.string else { throw ValidationError("\(path): a key is not text") }
            func refuse(_ node: Node) -> ValidationError {
                let line = node.mark.map { ":\($0.line)" } ?? ""
                return ValidationError("\(path)\(line): \(name) should be text, a number, or a list of such")
            }
            if let sequence = value.sequence {
                return (name, try sequence.map { node in
                    guard let text = node.scalar?.string else { throw refuse(node) }
                    return text
                })
            }
            guard let text = value.scalar?.string else { throw refuse(value) }
            return (name, [text])
        }
    }

    /// The options that the environment gives: KOTAE_ and an option's name in capitals, with underscores
    /// for hyphens. Those of a list are separated by commas.
    ///
    /// - Parameter names: the options that are looked for, without their hyphens in front.
    init(environment: [String: String], names: [String]) {
        path = "the environment"
        options = names.compactMap { name in
            let variable = "KOTAE_" + name.uppercased().replacing("-", with: "_")
            return environment[variable].map { value in
                (name, value.split(separator: ",").map(String.init))
            }
        }
    }

    /// Arguments with what the file of their `--config` adds, in its place; as they are without one.
    static func merged(_ arguments: [String]) throws -> [String] {
        var (rest, path): ([String], String?) = ([], nil)
        var left = arguments[...]
        while let argument = left.popFirst() {
            if argument == "--config" {
                path = left.popFirst()
            } else if argument.hasPrefix("--config=") {
                path = String(argument.dropFirst(9))
            } else {
                rest.append(argument)
            }
        }
        return try path.map { try ConfigurationFile($0).arguments(overriddenBy: rest) } ?? rest
    }

    /// The options as arguments, without those that `arguments` give themselves, and then these.
    func arguments(overriddenBy arguments: [String]) -> [String] {
        let given = Set(arguments.filter { $0.hasPrefix("-") }.map(Self.name))
        var result: [String] = []
        for (name, values) in options where !given.contains(Self.name("--\(name)")) {
            result += values.compactMap { Self.argument(name, $0) }
        }
        return result + arguments
    }

    /// An option with a value of YAML as an argument; nil for one without a value.
    static func argument(_ name: String, _ value: String) -> String? {
        switch value {
        case "true": "--\(name)"
        case "false": "--no-\(name)"
        case "null", "~", "": nil
        default: "--\(name)=\(value)"
        }
    }

    /// The options as what a search tries.
    var space: SearchSpace {
        get throws {
            guard !options.isEmpty, options.allSatisfy({ !$0.values.isEmpty }) else {
                throw ValidationError("\(path): expected a list of values an option, such as \"rate: [2e-5, 5e-5]\"")
            }
            return SearchSpace(options)
        }
    }

    /// An option's name without dashes, `no-` and value; short names in full.
    private static func name(_ argument: String) -> String {
        if argument == "-m" { return "model" }
        let name = argument.drop { $0 == "-" }.prefix { $0 != "=" }
        return String(name.hasPrefix("no-") ? name.dropFirst(3) : name)
    }
}
