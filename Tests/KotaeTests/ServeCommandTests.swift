import Foundation
import JSON
import Synchronization
import TestSupport
import Testing

/// `kotae serve` as a process, asked by curl.
@Suite(.serialized) struct ServeCommandTests {
    @Test func `it says where it listens, answers as the other commands do, and ends at SIGTERM`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let expected = try place.succeed("search", "faq", "cancel my order", "--json").json[0]
            let vector = try place.succeed("embed", "cancel my order").vectors[0]
            let service = try place.serve("faq", "--model", "prompts")
            #expect(service.address.hasPrefix("http://127.0.0.1:"))
            let answer = try service.curl("/indexes/faq/search", body: #"{"query": "cancel my order"}"#)
            #expect(answer.status == 200)
            #expect(try answer.json == expected)
            let body = #"{"model": "all-MiniLM-L6-v2", "input": "cancel my order"}"#
            let embedded = try service.curl("/v1/embeddings", body: body).json["data"]?.array?[0]["embedding"]
            #expect(try numbers(#require(embedded)) == vector)
            let models = try service.curl("/v1/models").json["data"]?.array?.map { $0["id"]?.string }
            #expect(models == ["prompts", "all-MiniLM-L6-v2"])
            service.signal(SIGTERM)
            #expect(service.end() == 0)
        }
    }

    @Test func `what has been asked before SIGTERM is answered`() throws {
        try withWorkplace { place in
            let service = try place.serve("--model", "all-MiniLM-L6-v2")
            let texts = [String](repeating: "\"\(String(repeating: "order ", count: 100))\"", count: 2000)
            try place.write("body.json", "{\"input\": [\(texts.joined(separator: ","))]}")
            let answer = Mutex<RunningService.Answer?>(nil)
            DispatchQueue.concurrentPerform(iterations: 2) { part in
                if part == 0 {
                    let found = try? service.curl(
                        "/v1/embeddings", "--json", "@" + place.path("body.json"))
                    answer.withLock { $0 = found }
                } else {
                    usleep(300_000)
                    service.signal(SIGTERM)
                }
            }
            #expect(service.end() == 0)
            #expect(answer.withLock { $0?.status } == 200)
            #expect(try answer.withLock { try $0?.json["data"]?.array?.count } == 2000)
        }
    }

    @Test func `what was acknowledged is there after kill -9`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let service = try place.serve("faq", "--writable")
            var acknowledged: [String] = []
            for number in 0..<20 {
                let answer = try service.curl(
                    "/indexes/faq/documents/new-\(number)", "--request", "PUT",
                    body: #"{"question": "order no. \#(number)"}"#)
                if answer.status == 201 { acknowledged.append("new-\(number)") }
            }
            service.signal(SIGKILL)
            #expect(service.end() == 137 && acknowledged.count == 20)
            let again = try place.serve("faq")
            for id in acknowledged { #expect(try again.curl("/indexes/faq/documents/\(id)").status == 200) }
            _ = try place.succeed("index", "verify", "faq")
        }
    }

    @Test func `an index that is built anew, with another model, is taken over without a failed request`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try place.write("other.jsonl", #"{"id": "new", "question": "cancel my order"}"# + "\n")
            let service = try place.serve("faq")
            let isBuilt = Mutex(false)
            let answers = Mutex<[RunningService.Answer]>([])
            DispatchQueue.concurrentPerform(iterations: 2) { part in
                if part == 0 {
                    for model in ["prompts", "all-MiniLM-L6-v2", "prompts"] {
                        let outcome = try? place.succeed(
                            "index", "build", "faq", "--corpus", "other.jsonl", "--model", model)
                        #expect(outcome != nil)
                    }
                    isBuilt.withLock { $0 = true }
                } else {
                    var rest = 3
                    while rest > 0 {
                        if isBuilt.withLock({ $0 }) { rest -= 1 }
                        let answer = try? service.curl("/indexes/faq/search?q=cancel+my+order&k=1")
                        answers.withLock { $0.append(answer ?? .init(status: 0, body: "")) }
                    }
                }
            }
            let found = answers.withLock { $0 }
            #expect(found.allSatisfy { $0.status == 200 })
            #expect(try found.first?.json["hits"]?.array?[0]["id"] != "new")
            #expect(try found.last?.json["hits"]?.array?.map { $0["id"] } == ["new"])
            #expect(try service.curl("/indexes/faq").json["model"] == "prompts")
        }
    }

    @Test func `options come from arguments, then the environment, then a file`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try place.write("token.txt", "secret\n")
            try place.write(
                "serve.yaml", "index: [first=faq]\nwritable: true\nmax-batch: 5\ntoken-file: token.txt\n")
            let service = try place.serve(
                "--config", "serve.yaml", "--max-batch", "3",
                variables: ["KOTAE_MAX_BATCH": "4", "KOTAE_MODEL": "wide,prompts"])
            #expect(try service.curl("/indexes").status == 401)
            let header = "authorization: Bearer secret"
            let indexes = try service.curl("/indexes", "--header", header).json["indexes"]?.array
            #expect(indexes?.map { $0["name"] } == ["first"] && indexes?[0]["writable"] == true)
            let information = try service.curl("/info", "--header", header).json
            #expect(information["max_client_batch_size"] == 3 && information["served_model_name"] == "wide")
        }
    }

    @Test func `what cannot be served is refused`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            try place.write("empty.txt", "\n")
            try place.refuse(["serve"], saying: ["nothing to serve"])
            try place.refuse(["serve", "nowhere"], saying: ["nowhere", "no such folder"])
            try place.refuse(["serve", "--model", "none"], saying: ["no model of this name"])
            try place.refuse(["serve", "faq", "a=faq", "faq"], saying: ["name \"faq\""])
            try place.refuse(["serve", "faq", "--host", "0.0.0.0"], saying: ["--token-file", "--insecure"])
            try place.refuse(["serve", "faq", "--token-file", "empty.txt"], status: 64, saying: ["no token"])
            try place.refuse(["serve", "faq", "--port", "70000"], status: 64, saying: ["0 to 65535"])
            try place.refuse(["serve", "faq", "--timeout", "0"], status: 64, saying: ["at least 1"])
        }
    }

    @Test func `the log can be JSON, and has no text of queries`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let process = Process()
            process.executableURL = URL(filePath: try kotae())
            process.arguments = ["serve", "faq", "--json-logs", "--log-level", "trace"]
            process.currentDirectoryURL = URL(filePath: place.folder)
            process.environment = place.environment.merging(["KOTAE_PORT": "38765"]) { $1 }
            try place.write("log", "")
            process.standardError = try FileHandle(forWritingTo: URL(filePath: place.path("log")))
            try process.run()
            var status: Int32 = 1
            for _ in 0..<100 where status != 0 {
                usleep(50_000)
                let curl = Process()
                curl.executableURL = URL(filePath: "/usr/bin/curl")
                curl.arguments = ["--silent", "--output", "/dev/null", "http://127.0.0.1:38765/indexes/faq/search?q=zebra"]
                try curl.run()
                curl.waitUntilExit()
                status = curl.terminationStatus
            }
            process.terminate()
            process.waitUntilExit()
            let log = String(decoding: try place.read("log"), as: UTF8.self)
            let lines = log.split(separator: "\n").filter { !$0.hasPrefix("kotae serves") }
            let events = try lines.map { try JSONValue(parsing: String($0)) }
            #expect(events.contains { $0["message"] == "answered" && $0["route"] == "/indexes/{index}/search" })
            #expect(events.allSatisfy { $0["time"] != nil && $0["level"] != nil })
            #expect(!log.contains("zebra"))
        }
    }
}
