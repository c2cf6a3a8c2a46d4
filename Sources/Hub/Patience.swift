/// How long is waited for a hub, and how often a request is tried again.
package struct Patience: Sendable {
    /// For a connection to come about.
    package var connection = Duration.seconds(10)
    /// For the next byte.
    package var silence = Duration.seconds(30)
    /// How often a request is sent that brings nothing new.
    package var attempts = 5
    /// The wait before the second attempt; each further one is twice as long.
    package var firstDelay = Duration.seconds(1)
    /// The longest wait that a server may ask for.
    package var longestDelay = Duration.seconds(120)

    package init() {}

    /// The wait after an attempt that failed, the first being 1.
    func delay(after attempt: Int) -> Duration {
        min(firstDelay * (1 << min(attempt - 1, 10)), longestDelay)
    }
}
