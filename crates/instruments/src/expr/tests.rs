use super::{Formula, Scope, Value};
use rstest::rstest;
use std::collections::BTreeMap;

fn value(text: &str) -> Value {
    let answers = [("age", "17"), ("signs", "papers debt"), ("empty", ""), ("born", "2009-03-01"), ("hours", "60.5")];
    let values: BTreeMap<String, String> = answers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let scope = Scope { values: &values, own: "12", columns: None, today: "2026-11-30" };
    Formula::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).value(&scope)
}

#[rstest]
#[case("selected(${signs}, 'debt')", true)]
#[case("selected(${signs}, 'deb')", false)]
#[case("${age} < 18", true)]
#[case("${age} = '17' and ${age} = 17", true)]
#[case("${empty} = 0", false)]
#[case("${empty} != 0", true)] // XPath: no number equals nothing
#[case("${empty} < 18", false)]
#[case("${nobody} = ''", true)]
#[case("not(selected(${signs}, 'pay')) or false()", true)]
#[case("1 + 2 * 3 = 7", true)]
#[case("(1 + 2) * 3 = 9", true)]
#[case("-1 < 0", true)]
#[case("7 mod 4 = 3 and 7 div 2 = 3.5", true)]
#[case(". >= 10 and . <= 12", true)]
#[case("count-selected(${signs}) = 2", true)]
#[case("selected-at(${signs}, 1) = 'debt'", true)]
#[case("${born} < today()", true)]
#[case("today() > '2027-01-01'", false)]
#[case("if(${age} < 18, 'child', 'adult') = 'child'", true)]
#[case("coalesce(${empty}, 'x') = 'x'", true)]
#[case("string-length(concat('æ', 'øå')) = 3", true)]
#[case("round(${hours}) = 61 and int(${hours}) = 60", true)]
#[case("max(1, 5, 3) = 5 and min(4, 2) = 2 and sum(1, 2) = 3", true)]
#[case("regex('1234', '[0-9]{4}')", true)]
#[case("regex('12345', '[0-9]{4}')", false)]
#[case("contains(“a b”, ' ') and starts-with('ab', 'a')", true)]
#[case("true() = 'x'", true)]
#[case("or_not = ''", true)]
fn expressions_mean_what_xpath_says(#[case] text: &str, #[case] holds: bool) {
    assert_eq!(value(text).truth(), holds, "{text}");
}

#[rstest]
#[case("1 + ${hours}", "61.5")]
#[case("2 * 3", "6")]
#[case("number('abc')", "")]
#[case("concat('a', 1)", "a1")]
fn values_become_texts(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(value(text).text(), expected);
}

#[rstest]
#[case("${age", 1, "named as")]
#[case("selected(${a})", 1, "takes 2 arguments")]
#[case("pulldata('x', 'y', 'z', 'w')", 1, "not supported; there are selected")]
#[case("${a} = ", 7, "was expected")]
#[case("${a} ${b}", 6, "an operator")]
#[case("../a = 1", 1, "paths")]
#[case("/data/a = 1", 1, "paths")]
#[case("'open", 1, "no end")]
#[case("(1", 3, "')'")]
#[case("${a} # 1", 6, "means nothing")]
#[case("regex(., '[')", 1, "cannot use this pattern")]
#[case("(today() - ${born}) div 365.25", 19, "not computed with")]
#[case("", 1, "was expected")]
fn mistakes_are_named_at_their_place(#[case] text: &str, #[case] position: usize, #[case] message: &str) {
    let error = Formula::parse(text).expect_err(text);
    assert!(error.position == position && error.message.contains(message), "{text}: {error}");
}

#[test]
fn deep_nesting_is_refused_not_overflowed() {
    let text = format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(Formula::parse(&text).is_err());
    let text = "-".repeat(100_000) + "1";
    assert!(Formula::parse(&text).is_err());
    assert!(Formula::parse(&("1".to_owned() + &" + 1".repeat(100_000))).is_err());
    assert_eq!(value(&("1".to_owned() + &" + 1".repeat(500))), Value::Number(501.0));
}
