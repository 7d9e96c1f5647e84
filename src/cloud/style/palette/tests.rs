use super::*;

fn oklab([r, g, b]: [u8; 3]) -> Vec3 {
    Oklaba::from(Srgba::rgb_u8(r, g, b)).to_vec3()
}

#[test]
fn every_mode_has_a_name_of_its_own() {
    let names: std::collections::HashSet<&str> = ColorMode::ALL.into_iter().map(ColorMode::name).collect();
    assert_eq!(names.len(), ColorMode::ALL.len());
}

/// Dichromats' sight of full severity, on linear RGB (Machado, Oliveira and Fernandes 2009, table 1).
const SIGHTS: [(&str, [f32; 9]); 4] = [
    ("normal", [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]),
    (
        "protanopia",
        [
            0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998,
        ],
    ),
    (
        "deuteranopia",
        [
            0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881,
        ],
    ),
    (
        "tritanopia",
        [
            1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900,
        ],
    ),
];

fn seen([r, g, b]: [u8; 3], sight: [f32; 9]) -> Vec3 {
    let linear = LinearRgba::from(Srgba::rgb_u8(r, g, b)).to_vec3();
    let row = |i: usize| {
        Vec3::from_slice(&sight[3 * i..3 * i + 3])
            .dot(linear)
            .clamp(0.0, 1.0)
    };
    Oklaba::from(LinearRgba::rgb(row(0), row(1), row(2))).to_vec3()
}

#[test]
fn class_colours_can_be_told_apart_with_every_sight_and_from_the_background() {
    for ground in [Ground::Dark, Ground::Light] {
        let palette = Palette::new(Scheme::Distinct, ground, ClassCount::default());
        let mut colors = palette.classes.clone();
        colors.push(palette.unlabelled);
        for (sight, matrix) in SIGHTS {
            let distance = |a, b| seen(a, matrix).distance(seen(b, matrix));
            for (index, &color) in colors.iter().enumerate() {
                let off = distance(color, palette.background);
                assert!(
                    off > 0.2,
                    "{ground:?} {sight}: {color:x?} on the background: {off}"
                );
                for &other in &colors[..index] {
                    let apart = distance(color, other);
                    assert!(
                        apart > 0.08,
                        "{ground:?} {sight}: {color:x?} and {other:x?}: {apart}"
                    );
                }
            }
        }
    }
}

/// What the shader makes of these shares of colours where many points lie, in OKLab.
fn mixture(parts: &[([u8; 3], f32)]) -> Vec3 {
    let linear = |[r, g, b]: [u8; 3]| LinearRgba::from(Srgba::rgb_u8(r, g, b)).to_vec3();
    let mean: Vec3 = parts.iter().map(|&(color, share)| linear(color) * share).sum();
    let squares: f32 = parts
        .iter()
        .map(|&(color, share)| linear(color).length_squared() * share)
        .sum();
    let mixed = (squares - mean.length_squared()).max(0.0).sqrt();
    let (low, high) = (MIXED_FROM, GREY_FROM);
    let along = ((mixed - low) / (high - low)).clamp(0.0, 1.0);
    let grey = Vec3::splat(mean.dot(Vec3::new(0.2126, 0.7152, 0.0722)));
    let shown = mean.lerp(grey, along * along * (3.0 - 2.0 * along));
    Oklaba::from(LinearRgba::from_vec3(shown)).to_vec3()
}

#[test]
fn a_mixture_of_classes_looks_like_no_other_class() {
    for ground in [Ground::Dark, Ground::Light] {
        let classes = Palette::new(Scheme::Distinct, ground, ClassCount::default()).classes;
        let mixtures = (0..10).flat_map(|a| (0..a).map(move |b| (a, b)));
        for (a, b) in mixtures {
            for step in 1..20 {
                let share = step as f32 / 20.0;
                let shown = mixture(&[(classes[a], share), (classes[b], 1.0 - share)]);
                let far = |class: usize| shown.distance(oklab(classes[class]));
                let own = far(a).min(far(b));
                for other in (0..10).filter(|&other| other != a && other != b) {
                    assert!(
                        far(other) > 0.06 || own < far(other),
                        "{ground:?}: {share} of {a} and {b} looks like {other}: {}",
                        far(other)
                    );
                }
            }
        }
    }
}

#[test]
fn a_class_has_the_same_hue_on_both_grounds() {
    let hue = |color| {
        let lab = oklab(color);
        lab.z.atan2(lab.y).to_degrees()
    };
    let ten = ClassCount::default();
    let [dark, light] =
        [Ground::Dark, Ground::Light].map(|ground| Palette::new(Scheme::Distinct, ground, ten).classes);
    for (class, (&dark, &light)) in dark.iter().zip(&light).enumerate() {
        let apart = (hue(dark) - hue(light) + 540.0).rem_euclid(360.0) - 180.0;
        assert!(
            apart.abs() < 8.0,
            "class {class}: {dark:x?} and {light:x?} are {apart} degrees apart"
        );
    }
}

#[test]
fn the_ramp_rises_in_lightness_from_end_to_end() {
    for ground in [Ground::Dark, Ground::Light] {
        let palette = Palette::new(Scheme::default(), ground, ClassCount::default());
        assert_eq!(palette.certainty_color(0.1), palette.certainty[0]);
        assert_eq!(palette.certainty_color(1.0), palette.certainty[7]);
        assert_eq!(palette.certainty_color(f32::NAN), palette.certainty[0]);
        let lightness: Vec<f32> = (0..=90)
            .map(|step| oklab(palette.certainty_color(0.1 + step as f32 / 100.0)).x)
            .collect();
        assert!(lightness.is_sorted());
    }
}

#[test]
fn the_table_serves_classes_and_certainties() {
    let palette = Palette::default();
    let table = palette.table();
    assert_eq!(table.len(), 1024);
    assert_eq!(table[255].truncate(), table[10].truncate());
    assert_ne!(table[CERTAINTY_TABLE as usize], table[511]);
    let encoded = LinearRgba::from_vec4(table[3]);
    let expected = Srgba::from(encoded).to_vec4();
    assert!((table[SRGB_TABLE as usize + 3] - expected).abs().max_element() < 1e-5);
}

#[test]
fn twenty_classes_can_be_told_apart_and_from_grey_ink_and_ground() {
    let twenty = ClassCount::new(20).unwrap();
    for ground in [Ground::Dark, Ground::Light] {
        let palette = Palette::new(Scheme::Distinct, ground, twenty);
        let mut colors = palette.classes.clone();
        colors.extend([palette.unlabelled, palette.ink, palette.background]);
        for (index, &color) in colors.iter().enumerate() {
            for &other in &colors[..index] {
                let apart = oklab(color).distance(oklab(other));
                assert!(apart > 0.08, "{ground:?}: {color:x?} and {other:x?}: {apart}");
            }
        }
    }
}

#[test]
fn any_number_of_classes_has_colours_of_its_own() {
    for ground in [Ground::Dark, Ground::Light] {
        for scheme in Scheme::ALL {
            for count in [3, 11, 62, 256] {
                let classes = ClassCount::new(count).unwrap();
                let palette = Palette::new(scheme, ground, classes);
                assert_eq!(palette.classes.len(), count);
                let ten = Palette::new(scheme, ground, ClassCount::default()).classes;
                assert!(palette.classes.iter().zip(&ten).all(|(a, b)| a == b));
                for color in &palette.classes {
                    let apart = oklab(*color).distance(oklab(palette.background));
                    assert!(
                        apart > 0.1,
                        "{scheme:?} {ground:?}: {color:x?} on the background: {apart}"
                    );
                    let from = |other| oklab(*color).distance(oklab(other));
                    let taken = from(palette.unlabelled).min(from(palette.ink));
                    assert!(
                        scheme != Scheme::Distinct || taken > 0.04,
                        "{ground:?}: {color:x?}"
                    );
                }
                let different: std::collections::HashSet<_> = palette.classes.iter().collect();
                assert!(different.len() * 10 >= count * 9, "{scheme:?} {ground:?} {count}");
                assert_eq!(palette.certainty_domain(), (1.0 / count as f32, 1.0));
                assert_eq!(palette.certainty_color(1.0 / count as f32), palette.certainty[0]);
                assert_eq!(palette.table().len(), 1024);
            }
        }
    }
}

#[test]
fn classes_in_front_change_places_with_others_for_a_searched_colour() {
    let before = Palette::new(Scheme::Distinct, Ground::Dark, ClassCount::new(62).unwrap());
    let mut palette = before.clone();
    palette.bring_to_front(&[0, 40, 1, 61]);
    let color = |class: usize| before.classes[class];
    for (class, expected) in [
        (0, 0),
        (1, 1),
        (40, 2),
        (61, 3),
        (2, 40),
        (3, 61),
        (4, 4),
        (30, 30),
    ] {
        assert_eq!(palette.classes[class], color(expected), "{class}");
    }
    let many = Vec::from_iter(20..62);
    palette = before.clone();
    palette.bring_to_front(&many);
    assert_eq!(palette.classes[20..40], before.classes[..20]);
    assert_eq!(palette.classes[40..], before.classes[40..]);
    let ten = Palette::default();
    palette = ten.clone();
    palette.bring_to_front(&[9, 12]);
    assert_eq!(palette, ten);
}
