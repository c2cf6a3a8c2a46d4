internal import Charts

/// A report in Japanese.
struct JapaneseWording: Wording {
    // MARK: Page

    func title(_ name: String) -> String { "検索パイロット結果：\(name)" }

    func subtitle(date: String, version: String) -> String { "\(date) · Kotae \(version)" }

    func charts(confidence: String) -> ChartWords {
        ChartWords(
            data: "データを表で見る", interval: "かっこ内は\(confidence)信頼区間",
            everySo: { "\($0)点ごとに1点を表示" })
    }

    var sections: SectionTitles {
        SectionTitles(
            verdict: "結論", results: "正解の項目が見つかる割合", silence: "回答を控える基準",
            labels: "ラベル付けを増やす効果", hardest: "特に難しかった質問", data: "データ",
            business: "ヘルプデスクへの効果", reproduction: "再現方法")
    }

    // MARK: Candidates and metrics

    func name(_ kind: PilotReport.Candidate.Kind) -> String {
        switch kind {
        case .keywords: "キーワード検索（BM25）"
        case .base: "元のモデル"
        case .keywordsAndBase: "キーワード検索＋元のモデル"
        case .tuned: "追加学習モデル"
        case .keywordsAndTuned: "キーワード検索＋追加学習モデル"
        }
    }

    func phrase(_ kind: PilotReport.Candidate.Kind) -> String {
        switch kind {
        case .keywords: "キーワード検索"
        case .base: "元のモデル"
        case .keywordsAndBase: "キーワード検索と元のモデルの併用"
        case .tuned: "追加学習モデル"
        case .keywordsAndTuned: "キーワード検索と追加学習モデルの併用"
        }
    }

    var candidate: String { "候補" }

    var used: String { "選定" }

    func title(_ metric: PilotReport.Metric) -> String {
        switch metric.parts {
        case ("HasPositives", 1?): "正解が1位"
        case ("HasPositives", let k?): "正解が\(k)位以内"
        case ("recall", let k?): "再現率@\(k)"
        default: metric.name
        }
    }

    func explanation(_ metric: PilotReport.Metric) -> String? {
        switch metric.parts {
        case ("MRR", nil): "MRR：最初の正解の順位の逆数を、質問全体で平均した値。1が最良です。"
        case ("MRR", let k?): "MRR@\(k)：最初の正解の順位の逆数（\(k)位より下は0）を、質問全体で平均した値。1が最良です。"
        case ("MAP", _): "\(metric.name)：各正解の順位までの適合率を質問ごとに平均し、さらに質問全体で平均した値。1が最良です。"
        case ("nDCG", let k?): "nDCG@\(k)：上位\(k)件が理想的な並び順にどれだけ近いかを表す値（下位ほど重みが小さい）。1が最良です。"
        case ("recall", let k?): "再現率@\(k)：正解の項目のうち、上位\(k)件に含まれるものの割合。"
        case ("P", let k?): "P@\(k)：上位\(k)件のうち、正解の項目の割合。"
        default: nil
        }
    }

    // MARK: Verdict

    func verdict(_ facts: ChoiceFacts) -> String {
        let result = facts.first.map {
            "評価用の質問\(count(facts.questions))件のうち、正解の項目が1位になったのは\($0)"
        }
        switch facts.choice {
        case .none:
            return "評価した候補がないため、推奨できるものはありません。"
        case .only:
            return "評価した候補は\(facts.name)だけです。" + (result.map { "\($0)でした。" } ?? "")
        case .keywords:
            return "キーワード検索の継続を推奨します。これを上回る候補はありませんでした。"
                + (result.map { "\($0)でした。" } ?? "")
        case .uncompared:
            return "\(facts.name)を推奨します。" + (result.map { "\($0)でした。" } ?? "")
                + "キーワード検索との比較は行っていません。"
        case .compared(_, _, let comparison):
            let today = facts.firstToday.map { "、キーワード検索では\($0)" } ?? ""
            let figures = result.map { "\($0)\(today)でした。" } ?? ""
            let change = difference(facts.metric, comparison, facts.style)
            switch comparison.finding {
            case .better:
                return "\(facts.name)を推奨します。\(figures)キーワード検索との差は統計的に有意です（\(change)）。"
            case .unproved:
                return "\(facts.name)を推奨しますが、確実とは言えません。\(figures)キーワード検索との差は偶然の可能性があります（\(change)）。"
            case .worse:
                return "キーワード検索の継続を推奨します。\(facts.name)は開発用の質問では最良でしたが、評価用の質問ではキーワード検索を下回りました（\(change)）。"
                    + "なお、作成した索引と以下の数値は\(facts.name)のものです。"
            }
        }
    }

    func contradicted(
        by other: String, _ comparison: PilotReport.Comparison, metric: String, style: NumberStyle
    ) -> String {
        "ご注意ください。評価用の質問では、\(other)のほうが、開発用の質問で選定した候補より良い結果でした（\(difference(metric, comparison.reversed, style))）。"
            + "開発用と評価用で質問の傾向が異なっています。実際の質問に近いのはどちらかをご確認ください。"
    }

    func unknownLanguage(share: String, model: String) -> String {
        "元のモデルは別の言語用です。今回の質問に含まれるトークンの\(share)は、このモデルの語彙にありません。"
            + "多言語モデルを取得し（kotae model pull \(model)）、--model \(model) を付けてパイロットを再度実行してください。"
    }

    func verdict(_ training: Verdict.Training, metric: String, style: NumberStyle) -> String {
        switch training {
        case .none: return "追加学習モデルがないため、追加学習の効果はわかりません。"
        case .keptBaseModel: return "追加学習の効果はありませんでした。元のモデルを上回る結果が得られなかったため、元のモデルの重みをそのまま使っています。"
        case .uncompared: return "追加学習モデルと元のモデルとの比較は行っていません。"
        case .compared(let comparison):
            let change = difference(metric, comparison, style)
            switch comparison.finding {
            case .better: return "追加学習の効果がありました。元のモデルとの差：\(change)。"
            case .worse: return "追加学習によって精度が下がりました。元のモデルとの差：\(change)。"
            case .unproved: return "追加学習の効果があったかどうかは判断できません。元のモデルとの差は偶然の可能性があります（\(change)）。"
            }
        }
    }

    func verdict(_ labels: Verdict.Labels, metric: String, style: NumberStyle) -> String {
        func step(_ gain: Estimate) -> String {
            "学習曲線の最後の区間での\(metric)の変化：\(style.signed(gain.value, gain.interval))"
        }
        return switch labels {
        case .unknown: "ラベル付けを増やす効果は測定していません。学習曲線を描くには、学習用のペアが200件以上あり、追加学習モデルが元のモデルを上回る必要があります。"
        case .pays(let gain): "ラベル付けを増やせば、さらに改善が見込めます（\(step(gain))）。"
        case .exhausted(let gain): "同じ種類のラベル付けを増やしても、改善はほとんど見込めません（\(step(gain))）。"
        case .unclear(let gain): "ラベル付けを増やす効果があるかどうかは判断できません（\(step(gain))）。"
        }
    }

    func verdict(_ threshold: Verdict.Threshold, of calibration: PilotReport.Calibration?) -> String {
        let always = "しきい値は設定していません。正誤にかかわらず、すべての質問に回答を表示します。"
        guard let calibration else { return always }
        let wanted = NumberStyle.percent(0).text(calibration.wantedPrecision)
        let sureness = NumberStyle.percent(0).text(calibration.confidence)
        switch threshold {
        case .notCalibrated:
            return always
        case .show(let chosen):
            let style = NumberStyle.percent(1)
            return "スコアが\(calibration.score.style.text(chosen.threshold))以上のときだけ回答を表示してください。"
                + "質問の\(style.text(chosen.coverage.value, chosen.coverage.interval))に回答でき、"
                + (chosen.precision.map { "表示した回答の\(style.text($0.value, $0.interval))が正解です" }
                    ?? "そのうち正解がどれだけあるかは分かりません")
                + "（目標\(wanted)、信頼水準\(sureness)）。"
        case .tooFew(let questions, let needed):
            return "信頼水準\(sureness)で正答率\(wanted)を確かめるには、質問が\(questions)件では足りません。すべてに正しく回答できたとしても、少なくとも\(needed)件が必要です。"
                + "担当者の確認なしに回答を1件だけ表示することは避けてください。"
        case .unreachable(let best?) where best.precision >= calibration.wantedPrecision:
            return "目標の正答率\(wanted)を信頼水準\(sureness)で守れるしきい値はありません。最も確かなしきい値では、質問の\(NumberStyle.percent(1).text(best.coverage))に回答して"
                + "正答率は\(NumberStyle.percent(1).text(best.precision))ですが、件数が少なすぎます"
                + (calibration.bestConfidence.map { "（信頼水準\(NumberStyle.percent(0).text($0))）" } ?? "")
                + "。担当者の確認なしに回答を1件だけ表示することは避けてください。"
        case .unreachable(let best?):
            return "目標の正答率\(wanted)に達するしきい値はありません。最良でも、質問の\(NumberStyle.percent(1).text(best.coverage))に回答して"
                + "正答率は\(NumberStyle.percent(1).text(best.precision))です。担当者の確認なしに回答を1件だけ表示することは避けてください。"
        case .unreachable(nil):
            return "目標の正答率\(wanted)に達するしきい値はありません。担当者の確認なしに回答を1件だけ表示することは避けてください。"
        }
    }

    func verdict(_ outcome: BusinessCase.Outcome, _ costs: Costs) -> String {
        let resolved = quantity(outcome.resolved, .count, "件")
        let time = quantity(outcome.hours, hourStyle(outcome.hours), "時間")
        let saved = outcome.saved.map { "、\(money($0, costs.currency))" } ?? ""
        let payback = costs.onceCost > 0 ? outcome.payback.map { "初期費用の回収期間：\(months($0))。" } ?? "" : ""
        return "下記の前提では、担当者を介さずに解決する問い合わせは月に\(resolved)、削減できるのは月に\(time)\(saved)です。\(payback)"
    }

    // MARK: Results

    func allQuestions(_ questions: Int) -> String { "評価用の質問すべて（\(count(questions))件）" }

    func seenQuestions(_ questions: Int) -> String {
        "うち、正解の項目が（別の質問で）学習に使われたもの（\(count(questions))件）"
    }

    func unseenQuestions(_ questions: Int) -> String {
        "うち、正解の項目が学習に使われていないもの（\(count(questions))件）"
    }

    func intervals(confidence: String) -> String { "かっこ内は、質問についての\(confidence)信頼区間です。" }

    var embedsAnswers: String {
        "質問だけでなく回答の本文も意味検索の対象にしています。開発用の質問では、そのほうが正しい項目が多く見つかりました。"
    }

    func chosen(byDevelopment: Bool, metric: String) -> String {
        byDevelopment
            ? "候補は、開発用の質問での\(metric)が最も高いもの（差がわずかな場合はより単純なもの）を選定しました。評価用の質問は選定に使っていません。"
            : "候補は、この評価用の質問での\(metric)によって選定したため、選定した候補の数値はやや高めに出ています。"
    }

    var comparisons: String { "同じ質問での差" }

    func comparisonColumns(metric: String) -> [String] { ["比較", "\(metric)の差", "p値", "補正後のp値"] }

    func compared(_ first: String, _ second: String) -> String { "\(first) − \(second)" }

    var comparisonNote: String {
        "p値：偶然だけでこれ以上の差が生じる確率（対応のある並べ替え検定、両側）。補正は比較の数に対するHolmの方法によります。0.05未満を有意とします。"
    }

    var recallTitle: String { "上位k件に正解が含まれる割合" }

    var recallAxes: (x: String, y: String) { ("k（表示する件数）", "再現率@k") }

    func recallSummary(lowest: String, highest: String, k: Int) -> String {
        "表示する件数ごとの各候補の再現率。k = \(k)では\(lowest)から\(highest)の間です。"
    }

    // MARK: When to stay silent

    var curveTitle: String { "正答率と回答率" }

    var curveAxes: (x: String, y: String) { ("回答率：回答を表示する質問の割合", "正答率：表示した回答のうち正解の割合") }

    var precisionCurve: String { "表示した回答の正答率" }

    func wanted(_ precision: String) -> String { "目標の正答率（\(precision)）" }

    func threshold(_ score: String) -> String { "しきい値 \(score)" }

    func curveSummary(questions: Int, threshold: String?) -> String {
        "質問\(count(questions))件について、回答を表示する割合ごとの正答率を示します。"
            + (threshold.map { "選んだしきい値\($0)の位置に印があります。" } ?? "選べるしきい値はありませんでした。")
    }

    func calibratedOn(answerable: Int, unanswerable: Int) -> String {
        unanswerable == 0
            ? "正解の項目がある質問\(count(answerable))件だけで評価しました。正解の項目がない質問も寄せられる場合、実際の正答率はこれより低くなります。"
            : "正解の項目がある質問\(count(answerable))件と、ない質問\(count(unanswerable))件で評価しました。"
    }

    var scoresTitle: String { "正解と不正解のスコア分布" }

    func score(_ kind: PilotReport.ScoreKind) -> String {
        switch kind {
        case .cosine: "スコア（コサイン類似度）"
        case .bm25: "スコア（BM25）"
        case .fusion: "スコア（順位の逆数の和）"
        }
    }

    func rightAnswers(_ answers: Int) -> String { "正解（\(count(answers))件）" }

    func wrongAnswers(_ answers: Int) -> String { "不正解（\(count(answers))件）" }

    var scoresSummary: String {
        "1位の回答のスコアの分布。上が正解、下が不正解です。重なりが少ないほど、しきい値で両者を区別できます。"
    }

    // MARK: Labels

    var learningAxis: String { "学習に使ったペア数（0は元のモデル）" }

    func learningSummary(from: String, to: String, pairs: Int) -> String {
        "学習に使ったペア数ごとの指標。\(from)から、\(count(pairs))ペアで\(to)になりました。"
    }

    func learningNote(questions: Int) -> String { "質問\(count(questions))件で測定しました。" }

    // MARK: Hardest questions

    var hardestNote: String { "選定した候補で正解の項目の順位が特に低かった質問と、代わりに上位に出た項目です。" }

    func wantedEntries(_ rank: String) -> String { "正解（\(rank)）" }

    var foundEntries: String { "代わりに見つかった項目" }

    func rank(_ rank: Int?) -> String { rank.map { "\(count($0))位" } ?? "検索結果に含まれず" }

    var nothingFound: String { "なし" }

    // MARK: Data

    var dataColumns: [String] { ["内容", "件数"] }

    var dataRows: DataRows {
        DataRows(
            entries: "コーパスの項目", pairs: "質問と項目のペア", training: "学習用のペア",
            development: "開発用（選定用）のペア", heldOut: "評価用のペア")
    }

    func leftOut(_ reason: PilotReport.DataSummary.Reason) -> String {
        switch reason {
        case .duplicate: "除外：重複"
        case .unmatched: "除外：対応する項目がコーパスにない"
        case .empty: "除外：質問または項目が空"
        case .negative: "学習のみに使用：対応しないペアとしてラベル付けされたもの"
        }
    }

    // MARK: Reproduction

    var reproductionRows: ReproductionRows {
        ReproductionRows(
            version: "Kotae", model: "元のモデル", fingerprint: "元のモデルのフィンガープリント",
            seed: "乱数シード", time: "所要時間")
    }

    func minutes(_ minutes: String) -> String { "\(minutes)分" }
}
