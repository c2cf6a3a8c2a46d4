import BiEncoder
import Testing

import Hub

@Suite struct SettingsTests {
    @Test(arguments: [
        ([:], "/home/me/.cache/huggingface/hub"), (["XDG_CACHE_HOME": "/c"], "/c/huggingface/hub"),
        (["HF_HOME": "/h"], "/h/hub"), (["HF_HOME": "~/h"], "/home/me/h/hub"),
        (["HF_HOME": ""], "/home/me/.cache/huggingface/hub"),
        (["HF_HOME": "/h", "HF_HUB_CACHE": "/k"], "/k"), (["HUGGINGFACE_HUB_CACHE": "/k"], "/k"),
    ])
    func `the cache is where the hub's own library has it`(variables: [String: String], path: String) {
        #expect(HubCache { $0 == "HOME" ? "/home/me" : variables[$0] }.path == path)
    }

    @Test(arguments: ["https://hub.example/", "http://127.0.0.1:80/models"])
    func `an endpoint is an address`(text: String) throws {
        #expect(try text.hasPrefix(HubSettings { $0 == "HF_ENDPOINT" ? text : nil }.endpoint))
    }

    @Test(arguments: ["hub.example", "ftp://hub.example", "https://", "https://me:pw@hub.example", "https://a?b", "\u{1B}"])
    func `what is no address is refused`(text: String) {
        let error = #expect(throws: HubError.self) { try HubSettings { $0 == "HF_ENDPOINT" ? text : nil } }
        guard case .wrongSetting("HF_ENDPOINT", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: [
        (["http_proxy": "http://p:3128"], "p:3128"), (["all_proxy": "p:3128"], "p:3128"), (["HTTP_PROXY": "http://p"], nil),
        (["https_proxy": "http://p"], nil), (["http_proxy": "http://p"], "p:80"), (["http_proxy": ""], nil),
        (["http_proxy": "http://p", "no_proxy": "a.b, hub.example"], nil),
        (["http_proxy": "http://p", "NO_PROXY": ".example"], nil),
        (["http_proxy": "http://p", "no_proxy": "b.example"], "p:80"),
    ])
    func `a proxy is that of the environment`(variables: [String: String], expected: String?) throws {
        let settings = try HubSettings { $0 == "HF_ENDPOINT" ? "http://hub.example" : variables[$0] }
        #expect(settings.proxy.map { "\($0.host):\($0.port)" } == expected)
    }

    @Test(arguments: ["https://p", "http://me:pw@p", "socks5://p"])
    func `what is no proxy is refused`(proxy: String) {
        let error = #expect(throws: HubError.self) { try HubSettings { $0 == "https_proxy" ? proxy : nil } }
        #expect(error?.description.contains("https_proxy") == true)
    }

    @Test(arguments: ["two words", "a\r\nx: y", "日本"])
    func `what is no token is refused and not repeated`(token: String) {
        let error = #expect(throws: HubError.self) { try HubSettings { $0 == "HF_TOKEN" ? token : nil } }
        #expect(error.map { "\($0)".contains("HF_TOKEN") && !"\($0)".contains(token) } == true)
    }
}
