import Foundation
import TestSupport
import Testing

/// `tools/deploy`: what runs the service for good.
@Suite struct DeployTests {
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: analyze), "systemd-analyze is there"))
    func `systemd finds nothing wrong with the unit`() throws {
        try withWorkplace { place in
            let unit = try String(contentsOfFile: deploy + "kotae.service", encoding: .utf8)
            // The binary is where it was built, not where it will be installed.
            try place.write(
                "kotae.service", unit.replacing("/usr/local/bin/kotae", with: try kotae()))
            #expect(try succeeds(analyze, "verify", place.path("kotae.service")))
        }
    }

    @Test func `the unit's settings are options of kotae serve`() throws {
        try withWorkplace { place in
            try place.buildSmallIndex()
            let settings = try String(contentsOfFile: deploy + "serve.yaml", encoding: .utf8)
                .replacing("# ", with: "").split(separator: "\n").filter { $0.contains(": ") }
                .filter { !$0.hasPrefix("What") }.joined(separator: "\n")
                .replacing("/var/lib/kotae/", with: "").replacing("0.0.0.0", with: "127.0.0.1")
                .replacing("port: 8765", with: "port: 0")
            try place.write("serve.yaml", settings)
            try place.write("token", "secret\n")
            let service = try place.serve("--config", "serve.yaml", "--token-file", "token")
            #expect(try service.curl("/indexes").status == 401)
        }
    }
}

private let analyze = "/usr/bin/systemd-analyze"
private let deploy = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "tools/deploy/").path(percentEncoded: false)
