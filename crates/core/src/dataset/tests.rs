use std::fs;
use std::path::Path;

use ssvae_test_support::{checkout, idx};

use super::*;

mod arrays;

fn gz(bytes: &[u8]) -> Vec<u8> {
    ssvae_test_support::gz(bytes).unwrap()
}

const IMAGES: &str = "train-images-idx3-ubyte";
const LABELS: &str = "train-labels-idx1-ubyte";

/// Two images of 1×3 pixels; the middle pixel is constant.
fn tiny() -> Vec<u8> {
    idx(&[2, 1, 3], &[0, 7, 10, 255, 7, 20])
}

fn folder(files: &[(&str, Vec<u8>)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(dir.path().join(name), bytes).unwrap();
    }
    dir
}

fn error(files: &[(&str, Vec<u8>)]) -> String {
    let dir = folder(files);
    let message = Dataset::open(dir.path(), Split::Train).unwrap_err().to_string();
    assert!(message.starts_with(dir.path().to_str().unwrap()), "{message}");
    assert!(message.contains("data folder"), "{message}");
    message
}

fn mnist() -> std::path::PathBuf {
    checkout().join("data/mnist")
}

#[test]
fn reads_plain_and_packed_files() {
    let dir = folder(&[(IMAGES, tiny()), (LABELS, idx(&[2], &[3, 9]))]);
    let plain = Dataset::open(dir.path(), Split::Train).unwrap();
    assert_eq!((plain.len(), plain.shape(), plain.pixels()), (2, [1, 3, 1], 3));
    assert_eq!(plain.image(1), Some(&[255, 7, 20][..]));
    assert_eq!(plain.image(2), None);
    assert_eq!(
        [0, 1, 2].map(|serial| plain.true_label(serial)),
        [Some(3), Some(9), None]
    );

    let dir = folder(&[(&format!("{IMAGES}.gz"), gz(&tiny()))]);
    let packed = Dataset::open(dir.path(), Split::Train).unwrap();
    assert_eq!(packed.image(0), plain.image(0));
    assert_eq!(packed.true_label(0), None);

    let dir = folder(&[(&format!("{IMAGES}.gz"), b"nonsense".to_vec()), (IMAGES, tiny())]);
    assert_eq!(
        Dataset::open(dir.path(), Split::Train).unwrap().len(),
        2,
        "the plain file wins"
    );
}

#[test]
fn scales_like_min_max_scaler() {
    let dir = folder(&[
        (IMAGES, tiny()),
        ("t10k-images-idx3-ubyte", idx(&[1, 1, 3], &[51, 8, 30])),
    ]);
    let train = Dataset::open(dir.path(), Split::Train).unwrap();
    let mut batch = vec![9.0; 50];
    train.scaled_into(&[1, 0, 1], &mut batch);
    assert_close(&batch, &[1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0]);

    let test = Dataset::open(dir.path(), Split::Test).unwrap();
    assert_eq!(test.scaling(), train.scaling());
    test.scaled_into(&[0], &mut batch);
    assert_close(&batch, &[0.2, 1.0 / 255.0, 2.0]);

    let mut grey = vec![1.0, 0.0, 0.5];
    train.scaling().invert(&mut grey);
    assert_close(&grey, &[1.0, 7.0 / 255.0, 15.0 / 255.0]);

    test.unscaled().scaled_into(&[0], &mut batch);
    assert_eq!(batch, [51.0 / 255.0, 8.0 / 255.0, 30.0 / 255.0]);
}

fn assert_close(values: &[f32], expected: &[f32]) {
    assert_eq!(values.len(), expected.len());
    for (value, expected) in values.iter().zip(expected) {
        assert!((value - expected).abs() < 1e-6, "{value} is not {expected}");
    }
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation; cargo test --release runs it"
)]
fn agrees_with_scikit_learn_on_mnist() {
    let mut heard = Vec::new();
    let mut progress = |done, of| heard.push((done, of));
    let data = Dataset::open_watched(&mnist(), Split::Train, OpenOptions::default(), &mut progress).unwrap();
    assert!(heard.len() > 10 && heard.is_sorted());
    assert_eq!(heard.last(), Some(&(47_040_000, 47_040_000)));
    assert_eq!((data.len(), data.shape()), (60_000, [28, 28, 1]));
    assert_eq!(
        [0, 1, 59_999].map(|serial| data.true_label(serial)),
        [Some(5), Some(0), Some(8)]
    );
    // From fixtures/dense_expected.npz: pixels whose maximum lies under 255.
    let expected = [
        (29, 253, 0.307_086_62),
        (71, 762, 0.620_408_2),
        (91, 761, 0.702_380_9),
        (111, 675, 0.023_715_416),
        (251, 614, 0.555_555_6),
    ];
    let mut batch = Vec::new();
    for (serial, pixel, value) in expected {
        data.scaled_into(&[serial], &mut batch);
        assert_close(&batch[pixel..=pixel], &[value]);
    }
    let test = Dataset::open(&mnist(), Split::Test).unwrap();
    assert_eq!((test.len(), test.true_label(0)), (10_000, Some(7)));
}

#[test]
fn names_what_is_missing() {
    assert!(error(&[]).contains("holds neither train-images-idx3-ubyte nor"));
    let absent = Dataset::open(Path::new("/no/such/folder"), Split::Train)
        .unwrap_err()
        .to_string();
    assert!(
        absent.starts_with("/no/such/folder: no such folder; choose a data folder"),
        "{absent}"
    );
    let dir = folder(&[(IMAGES, tiny())]);
    let absent = Dataset::open(dir.path(), Split::Test).unwrap_err().to_string();
    assert!(absent.contains("t10k-images-idx3-ubyte"), "{absent}");
}

#[test]
fn refuses_malformed_files() {
    let case = |bytes: Vec<u8>, what: &str| {
        let message = error(&[(IMAGES, bytes)]);
        assert!(message.contains(what), "{message} does not say: {what}");
    };
    let mut longer = tiny();
    longer.push(0);
    let mut wide = tiny();
    wide[2] = 0x0a;
    let mut floats = tiny();
    floats[2] = 0x0d;
    case(Vec::new(), "within its header");
    case(tiny()[..9].to_vec(), "within its header");
    case(b"\x1f\x8b an archive, it seems".to_vec(), "is damaged");
    case(b"\x89PNG a picture".to_vec(), "not an IDX file");
    case(wide, "type 0x0a");
    case(floats, "is cut off: 6 of 24 bytes");
    case(
        idx(&[20], &[0; 20]),
        "is an array of uint8 [20], not of images; save [n, height, width]",
    );
    case(idx(&[1; 9], &[0]), "has 9 dimensions, where 4 are the most");
    case(tiny()[..20].to_vec(), "is cut off: 4 of 6 bytes");
    case(longer, "goes on after its 6 bytes");
    case(idx(&[0, 28, 28], &[]), "holds no images");
    case(idx(&[5, 0, 28], &[]), "images of 0×28 pixels (uint8 [5, 0, 28])");
    case(idx(&[u32::MAX; 3], &[1; 9]), "an impossible size");
    case(idx(&[u32::MAX, 28, 28], &[1; 9]), "more than have serials");
    case(idx(&[9999, 28, 28], &[1; 9]), "is cut off: 9 of");
}

#[test]
fn refuses_damaged_archives() {
    let name = format!("{IMAGES}.gz");
    let whole = gz(&tiny());
    for (bytes, what) in [
        (whole[..whole.len() - 12].to_vec(), "damaged"),
        (whole[..whole.len() - 3].to_vec(), "damaged"),
        ([whole.clone(), b"trailing".to_vec()].concat(), "damaged"),
        ([whole.clone(), gz(b"more")].concat(), "goes on after"),
        (gz(&idx(&[40, 28, 28], &[1; 9])), "is cut off"),
        (gz(&idx(&[9999, 256, 256], &[1; 9])), "which it has no room for"),
        (b"plain text".to_vec(), "not an IDX file"),
    ] {
        let message = error(&[(&name, bytes)]);
        assert!(message.contains(what), "{message} does not say: {what}");
    }
}

#[test]
fn opens_without_labels_that_do_not_fit_and_says_why() {
    let mut wide = idx(&[2], &[0, 1, 1, 44]);
    wide[2] = 0x0b;
    let cases = [
        (idx(&[3], &[1, 2, 3]), "holds 3 labels for 2 images (uint8 [3])"),
        (wide, "label 300 of sample 1 is not one of 0–255"),
        (b"junk".to_vec(), "is not an IDX file"),
        (Vec::new(), "ends within its header"),
        (gz(&idx(&[2], &[1, 2]))[..20].to_vec(), "is damaged"),
        (
            b"<html>404</html>".to_vec(),
            "is a web page, probably of a failed download",
        ),
    ];
    for (labels, what) in cases {
        let dir = folder(&[(IMAGES, tiny()), (LABELS, labels)]);
        let data = Dataset::open(dir.path(), Split::Train).unwrap();
        assert_eq!((data.len(), data.true_label(0)), (2, None));
        assert_eq!((data.classes().get(), data.counted_in()), (10, None));
        let [note] = data.notes() else {
            panic!("{:?}", data.notes());
        };
        assert!(note.starts_with(&format!("{LABELS}: {what}")), "{note}");
        assert!(
            note.ends_with("; the images are opened without true labels"),
            "{note}"
        );
    }
}

#[test]
fn opens_without_test_labels_that_are_none_of_the_classes_and_says_why() {
    let dir = folder(&[
        (IMAGES, tiny()),
        (LABELS, idx(&[2], &[1, 9])),
        ("t10k-images-idx3-ubyte", tiny()),
        ("t10k-labels-idx1-ubyte", idx(&[2], &[1, 12])),
    ]);
    let test = Dataset::open(dir.path(), Split::Test).unwrap();
    assert_eq!(
        test.notes(),
        [
            "t10k-labels-idx1-ubyte: label 12 of sample 1 is not one of 0–9; the images are opened without true labels"
        ]
    );
    assert_eq!((test.true_label(0), test.classes().get()), (None, 10));
    assert_eq!(test.counted_in(), Some(dir.path().join(LABELS).as_path()));
    fs::write(dir.path().join("classes.csv"), "class\n12\n").unwrap();
    let test = Dataset::open(dir.path(), Split::Test).unwrap();
    assert_eq!((test.true_label(1), test.classes().get()), (Some(12), 13));
    assert_eq!(test.notes().len(), 0);
}

#[test]
fn any_number_of_classes_follows_from_names_labels_or_the_users_labels() {
    for count in [3, 11, 62, 256] {
        let last = (count - 1) as u8;
        let classes = |files: &[(&str, Vec<u8>)]| {
            let dir = folder(files);
            let data = Dataset::open(dir.path(), Split::Train).unwrap();
            let told = data.counted_in().is_some();
            let data = data.or_classes_of(&dir.path().join("labels.csv"));
            (data.classes().get(), told)
        };
        let images = || (IMAGES, tiny());
        let truth = |last| (LABELS, idx(&[2], &[0, last]));
        let names = |last: u8| ("classes.csv", format!("class,name\n0,a\n{last},b\n").into_bytes());
        let user = |last: u8| ("labels.csv", format!("Serial,label\n0,{last}\n").into_bytes());
        assert_eq!(classes(&[images(), names(last)]), (count, true));
        assert_eq!(classes(&[images(), truth(last)]), (count, true));
        // Names of a few classes take none away; the user's labels count where nothing else does.
        assert_eq!(classes(&[images(), truth(last), names(1)]), (count, true));
        assert_eq!(classes(&[images(), truth(1), names(last)]), (count, true));
        assert_eq!(classes(&[images(), truth(last), user(200)]), (count, true));
        assert_eq!(classes(&[images(), user(last)]), (count.max(10), false));
    }
    let dir = folder(&[(IMAGES, tiny())]);
    let data = Dataset::open(dir.path(), Split::Train).unwrap();
    let data = data.or_classes_of(&dir.path().join("labels.csv"));
    assert_eq!(data.classes().get(), 10, "where nothing says anything");
    fs::write(dir.path().join(LABELS), idx(&[2], &[0, 0])).unwrap();
    let data = Dataset::open(dir.path(), Split::Train).unwrap();
    assert_eq!(data.classes().get(), 2, "at least");
}

#[test]
fn there_are_as_many_classes_in_both_splits() {
    let dir = folder(&[
        (IMAGES, tiny()),
        ("t10k-images-idx3-ubyte", idx(&[1, 1, 3], &[1, 2, 3])),
        ("t10k-labels-idx1-ubyte", idx(&[1], &[61])),
    ]);
    let open = |split| Dataset::open(dir.path(), split).unwrap();
    let [train, test] = [Split::Train, Split::Test].map(open);
    assert_eq!((train.classes().get(), test.classes().get()), (10, 10));
    // There are fewer test images than the last serial with a label.
    let labels = dir.path().join("labels.csv");
    fs::write(&labels, "Serial,label\n1,61\n").unwrap();
    let [train, test] = [train, test].map(|data| data.or_classes_of(&labels));
    assert_eq!((train.classes().get(), test.classes().get()), (62, 62));
    assert_eq!(test.true_label(0), Some(61));
}

#[test]
fn refuses_splits_of_different_sizes() {
    let dir = folder(&[
        (IMAGES, tiny()),
        ("t10k-images-idx3-ubyte", idx(&[1, 3, 1], &[1, 2, 3])),
    ]);
    let message = Dataset::open(dir.path(), Split::Test).unwrap_err().to_string();
    assert!(
        message.contains("images of 3×1 beside training images of 1×3"),
        "{message}"
    );
}

/// An array as NumPy saves it.
fn npy(kind: &str, fortran: bool, shape: &[u64], bytes: &[u8]) -> Vec<u8> {
    let comma = if shape.len() == 1 { "," } else { "" };
    let shape: Vec<String> = shape.iter().map(u64::to_string).collect();
    let order = if fortran { "True" } else { "False" };
    let mut header = format!(
        "{{'descr': '{kind}', 'fortran_order': {order}, 'shape': ({}{comma}), }}",
        shape.join(", ")
    );
    while !(header.len() + 11).is_multiple_of(64) {
        header.push(' ');
    }
    header.push('\n');
    let length = (header.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), bytes].concat()
}

/// An `.npz` file of arrays: name, type, shape, bytes.
fn npz(path: &Path, deflate: bool, arrays: &[(&'static str, &str, &[u64], &[u8])]) {
    let method = if deflate {
        zip::CompressionMethod::Deflated
    } else {
        zip::CompressionMethod::Stored
    };
    let array = |&(name, kind, shape, bytes): &(&'static str, &str, &[u64], &[u8])| {
        (name, npy(kind, false, shape, bytes))
    };
    let arrays: Vec<_> = arrays.iter().map(array).collect();
    fs::write(path, ssvae_test_support::npz(&arrays, method).unwrap()).unwrap();
}

#[test]
fn reads_npz_as_keras_and_medmnist_write_it() {
    let (train, test) = ([0, 7, 10, 255, 7, 20], [51, 8, 30]);
    for deflate in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        npz(
            &dir.path().join("mnist.npz"),
            deflate,
            &[
                ("x_train", "|u1", &[2, 1, 3], &train),
                (
                    "y_train",
                    "<i8",
                    &[2],
                    &[3, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0],
                ),
                ("x_test", "|u1", &[1, 1, 3], &test),
            ],
        );
        let data = Dataset::open(dir.path(), Split::Train).unwrap();
        assert_eq!((data.len(), data.shape()), (2, [1, 3, 1]));
        assert_eq!(data.image(1), Some(&[255, 7, 20][..]));
        assert_eq!([0, 1].map(|serial| data.true_label(serial)), [Some(3), Some(9)]);
        let test = Dataset::open(dir.path(), Split::Test).unwrap();
        assert_eq!(
            (test.image(0), test.true_label(0)),
            (Some(&[51, 8, 30][..]), None)
        );
        assert_eq!(test.scaling(), data.scaling());
    }
    let dir = tempfile::tempdir().unwrap();
    npz(
        &dir.path().join("path.npz"),
        true,
        &[
            ("train_images", "|u1", &[2, 1, 1, 3], &train),
            ("train_labels", "|u1", &[2, 1], &[1, 0]),
        ],
    );
    let data = Dataset::open(dir.path(), Split::Train).unwrap();
    assert_eq!((data.shape(), data.rows(), data.pixels()), ([1, 1, 3], [1, 3], 3));
    assert_eq!(data.true_label(0), Some(1));
}

#[test]
fn reads_colour_from_idx() {
    let pixels: Vec<u8> = (0..24).collect();
    let dir = folder(&[("train-images-idx4-ubyte", idx(&[2, 2, 2, 3], &pixels))]);
    let data = Dataset::open(dir.path(), Split::Train).unwrap();
    assert_eq!((data.len(), data.shape()), (2, [2, 2, 3]));
    assert_eq!(data.image(1), Some(&pixels[12..]));
    let dir = folder(&[("train-images-idx4-ubyte", idx(&[1, 2, 2, 2], &pixels[..8]))]);
    let message = Dataset::open(dir.path(), Split::Train).unwrap_err().to_string();
    assert!(message.contains("in colour"), "{message}");
}

#[test]
fn says_what_is_wrong_with_an_npz_file() {
    let cases: [(&str, &[u64], &[u8], &str); 5] = [
        (
            "<c8",
            &[1, 1, 1],
            &[0; 8],
            "x_train holds <c8 of [1, 1, 1], not real numbers; save it as integers or floats",
        ),
        (
            "|u1",
            &[2, 2],
            &[0; 4],
            "x_train is an array of uint8 [2, 2], not of images; save [n, height, width]",
        ),
        (
            "|u1",
            &[1, 1, 300],
            &[0; 300],
            "images of 1×300 pixels (uint8 [1, 1, 300]), where 1×1 to 256×256 can be shown; scale them",
        ),
        ("|u1", &[2, 1, 3], &[0; 5], "does not hold the bytes"),
        ("|u1", &[0, 1, 3], &[], "holds no images"),
    ];
    for (kind, shape, bytes, what) in cases {
        for deflate in [false, true] {
            let dir = tempfile::tempdir().unwrap();
            npz(
                &dir.path().join("a.npz"),
                deflate,
                &[("x_train", kind, shape, bytes)],
            );
            let message = Dataset::open(dir.path(), Split::Train).unwrap_err().to_string();
            assert!(message.contains(what), "{message} does not say: {what}");
            assert!(
                message.contains("a.npz") && message.contains("data folder"),
                "{message}"
            );
        }
    }
    let message = error(&[("b.npz", b"nonsense".to_vec())]);
    assert!(message.contains("is not an .npz file"), "{message}");
    let dir = tempfile::tempdir().unwrap();
    npz(
        &dir.path().join("c.npz"),
        false,
        &[
            ("x_train", "|u1", &[1, 1, 3], &[1, 2, 3]),
            ("y_train", "<i2", &[1], &[4, 1]),
        ],
    );
    let data = Dataset::open(dir.path(), Split::Train).unwrap();
    assert_eq!(
        data.notes(),
        ["c.npz: label 260 of sample 0 is not one of 0–255; the images are opened without true labels"]
    );
}

#[test]
fn a_file_that_is_cut_off_or_written_anew_later_changes_nothing() {
    let images: Vec<u8> = (0..5_000 * 784).map(|i| (i % 251) as u8).collect();
    let packed = tempfile::tempdir().unwrap();
    npz(
        &packed.path().join("a.npz"),
        false,
        &[("x_train", "|u1", &[5_000, 28, 28], &images)],
    );
    let plain = folder(&[(IMAGES, idx(&[5_000, 28, 28], &images))]);
    for (dir, name) in [(plain, IMAGES), (packed, "a.npz")] {
        let data = Dataset::open(dir.path(), Split::Train).unwrap();
        // As `cp` and an editor begin; a mapped page would end the program.
        fs::File::create(dir.path().join(name)).unwrap();
        for serial in [0, 1_000, 4_999] {
            let at = serial as usize * 784;
            assert_eq!(data.image(serial), Some(&images[at..at + 784]));
        }
    }
}
