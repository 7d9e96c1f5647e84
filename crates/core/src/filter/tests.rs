use super::*;

const PLAIN: Facts = Facts {
    user: None,
    predicted: Some(3),
    truth: Some(5),
    certainty: 0.4,
    propagated: Some(5),
    propagated_certainty: 0.9,
    score: 0.0,
    changed: None,
};

#[test]
fn each_part_of_the_question_answers_for_itself() {
    let open = Filter::default();
    let labelled = Facts {
        user: Some(3),
        ..PLAIN
    };
    let wrong = Facts {
        user: Some(8),
        ..PLAIN
    };
    let cases = [
        (open.clone(), [true, true, true]),
        (
            Filter {
                labelled: Some(true),
                ..open.clone()
            },
            [false, true, true],
        ),
        (
            Filter {
                labelled: Some(false),
                ..open.clone()
            },
            [true, false, false],
        ),
        (
            Filter {
                certainty: (0.5, 1.0),
                ..open.clone()
            },
            [false; 3],
        ),
        (
            Filter {
                certainty: (0.4, 0.4),
                ..open.clone()
            },
            [true; 3],
        ),
        (
            Filter {
                against_label: true,
                ..open.clone()
            },
            [false, false, true],
        ),
        (
            Filter {
                against_truth: true,
                ..open.clone()
            },
            [true; 3],
        ),
    ];
    for (filter, expected) in cases {
        let passes = [PLAIN, labelled, wrong].map(|facts| filter.judge(&facts) == Visibility::Shown);
        assert_eq!(passes, expected, "{filter:?}");
    }
    let between = Filter {
        propagated_against_predicted: true,
        ..Filter::default()
    };
    assert_eq!(between.judge(&PLAIN), Visibility::Shown);
    for nothing in [
        Facts {
            propagated: None,
            ..PLAIN
        },
        Facts {
            propagated: Some(3),
            ..PLAIN
        },
    ] {
        assert_eq!(between.judge(&nothing), Visibility::Context);
    }
    let doubted = Filter {
        propagated_against_label: true,
        ..Filter::default()
    };
    let passes = [PLAIN, labelled, wrong].map(|facts| doubted.judge(&facts) == Visibility::Shown);
    assert_eq!(passes, [false, true, true], "5 was propagated");
    let unknown = Facts { truth: None, ..PLAIN };
    let filter = Filter {
        against_truth: true,
        ..open
    };
    assert_eq!(
        filter.judge(&unknown),
        Visibility::Context,
        "nothing to disagree with"
    );
}

#[test]
fn a_class_is_shown_alone_and_all_again_hidden_or_grey() {
    let mut filter = Filter::default();
    filter.only(Source::Predicted, Some(7), ClassCount::default());
    assert_eq!(filter.judge(&PLAIN), Visibility::Context);
    filter.only(Source::Predicted, Some(3), ClassCount::default());
    assert_eq!(filter.judge(&PLAIN), Visibility::Shown);
    filter.only(Source::Predicted, Some(3), ClassCount::default());
    assert!(filter.is_open());
    filter.set_class(Source::User, None, Visibility::Hidden);
    filter.certainty = (0.9, 1.0);
    assert_eq!(filter.judge(&PLAIN), Visibility::Hidden, "hidden stays hidden");
    let others = filter.with_all_of(Source::User);
    assert_eq!(
        others.judge(&PLAIN),
        Visibility::Context,
        "the certainty still counts"
    );
}

#[test]
fn a_filter_comes_back_from_its_text_and_a_broken_one_is_mended() {
    let mut filter = Filter {
        labelled: Some(true),
        certainty: (0.25, 0.75),
        ..Filter::default()
    };
    filter.set_class(Source::Truth, Some(9), Visibility::Hidden);
    filter.only(Source::Propagated, Some(2), ClassCount::default());
    let text = serde_json::to_string(&filter).unwrap();
    assert_eq!(serde_json::from_str::<Filter>(&text).unwrap(), filter);
    let broken: Filter = serde_json::from_str(r#"{"certainty":[2.0,-1.0]}"#).unwrap();
    assert!(broken.sane().is_open());
}

#[test]
fn any_number_of_classes_is_filtered_and_comes_back() {
    for count in [3, 11, 62, 256] {
        let classes = ClassCount::new(count).unwrap();
        let mut filter = Filter::default();
        filter.only(Source::Predicted, Some(classes.last()), classes);
        let of = |class| Facts {
            predicted: class,
            ..PLAIN
        };
        for class in classes.iter() {
            let alone = class == classes.last();
            assert_eq!(
                filter.judge(&of(Some(class))) == Visibility::Shown,
                alone,
                "{class}"
            );
        }
        assert_eq!(filter.judge(&of(None)), Visibility::Context);
        let text = serde_json::to_string(&filter).unwrap();
        assert_eq!(serde_json::from_str::<Filter>(&text).unwrap(), filter);
        filter.only(Source::Predicted, Some(classes.last()), classes);
        assert!(filter.is_open());
    }
}

#[test]
fn ten_classes_are_eleven_rules_in_a_file() {
    let ten = ClassCount::default();
    let mut filter = Filter::default();
    filter.only(Source::User, Some(9), ten);
    let text = serde_json::to_value(&filter).unwrap();
    let rules = |value: &serde_json::Value| value.as_array().unwrap().len();
    assert_eq!(rules(&text["classes"][0]), 11);
    assert_eq!(rules(&text["propagated"]), 11);
    let empty = serde_json::from_str::<Filter>(r#"{"propagated":[]}"#);
    let long = format!(r#"{{"propagated":[{}"Shown"]}}"#, "\"Shown\",".repeat(257));
    assert!(empty.is_err() && serde_json::from_str::<Filter>(&long).is_err());
}
