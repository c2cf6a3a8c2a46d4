internal import Charts

/// What a pilot saves, and what that assumes.
extension JapaneseWording {
    func businessColumns(currency: String?) -> [String] {
        let columns = ["表示するもの", "正解を表示できる割合", "解決件数（月）", "削減時間（月）"]
        guard let currency else { return columns }
        return columns + [
            "削減額（月、\(currency)）", "運用費を引いた額（月、\(currency)）", "回収期間", "1年で回収するために必要な解決率",
        ]
    }

    func presentation(_ presentation: BusinessCase.Presentation) -> String {
        switch presentation {
        case .oneWhenConfident: "しきい値以上の場合に1位の回答"
        case .oneAlways: "常に1位の回答"
        case .threeAlways: "常に上位3件の回答"
        }
    }

    func money(_ amount: Estimate, _ currency: String) -> String {
        quantity(amount, .count, currency == "JPY" ? "円" : " \(currency)")
    }

    /// The unit stands after the number, before its interval.
    func quantity(_ amount: Estimate, _ style: NumberStyle, _ unit: String) -> String {
        let interval = amount.interval.map { " (\(style.text($0)))" } ?? ""
        return "\(style.text(amount.value))\(unit)\(interval)"
    }

    func months(_ payback: BusinessCase.Payback) -> String {
        func text(_ months: Double?) -> String {
            months.map { "\(NumberStyle.decimal(1).text($0))か月" } ?? "回収不可"
        }
        guard let expected = payback.expected else {
            return payback.soonest.map { "回収不可（最短で\(text($0))）" } ?? "回収不可"
        }
        if payback.soonest == payback.latest { return text(expected) }
        let soonest = NumberStyle.decimal(1).text(payback.soonest ?? expected)
        return "\(text(expected))（\(soonest)〜\(text(payback.latest))）"
    }

    var assumptions: String { "前提" }

    func assumption(_ entry: Costs.Entry, _ costs: Costs) -> String? {
        let share = NumberStyle.percent(0)
        func amount(_ value: Double) -> String {
            exact(value) + (costs.currency == "JPY" ? "円" : " \(costs.currency)")
        }
        switch entry {
        case .inquiriesPerMonth: return "問い合わせは月に\(exact(costs.inquiriesPerMonth))件です。"
        case .minutesPerInquiry: return "担当者の対応時間は1件あたり\(exact(costs.minutesPerInquiry))分です。"
        case .suggestionShare: return "問い合わせのうち\(share.text(costs.suggestionShare))に回答候補が表示されます。"
        case .answerableShare: return "そのうち\(share.text(costs.answerableShare))には、対応する項目がFAQにあります。評価に使ったのはそのような質問だけです。"
        case .resolvedShare: return "正解が表示された人のうち\(share.text(costs.resolvedShare))は、担当者に問い合わせずに解決します。結果を最も左右する値なので、試験運用で測定してください。"
        case .costPerInquiry: return costs.costPerInquiry.map { "担当者が対応する費用は1件あたり\(amount($0))です。" }
        case .costPerHour: return costs.costPerHour.map { "担当者の費用は1時間あたり\(amount($0))です。" }
        case .labellingCost: return costs.currency.isEmpty ? nil : "ラベル付けの費用は\(amount(costs.labellingCost))です（初回のみ）。"
        case .setupCost: return costs.currency.isEmpty ? nil : "導入の費用は\(amount(costs.setupCost))です（初回のみ）。"
        case .runningCostPerMonth: return costs.currency.isEmpty ? nil : "運用費は月に\(amount(costs.runningCostPerMonth))です。"
        case .currency: return nil
        }
    }

    func byDefault(_ assumption: String) -> String { "\(assumption)（指定がないため、Kotaeの既定値）" }

    var furtherAssumptions: [String] {
        [
            "誤った回答による損失はないものとします。回答が見つからない人は、これまでどおり担当者に問い合わせます。",
            "削減した担当者の時間は、その費用と同じ価値があるものとします。",
            "評価用の質問は、日々の問い合わせと同じ傾向であるものとします。信頼区間は測定の確かさを示すもので、前提の確かさを示すものではありません。",
        ]
    }
}
