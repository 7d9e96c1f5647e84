//! Arrays as people save them.

use super::*;

fn floats(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn longs(values: &[i64]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn shorts(values: &[u16]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn open(files: &[(&str, Vec<u8>)]) -> Dataset {
    Dataset::open(folder(files).path(), Split::Train).unwrap()
}

/// The images of an array, and what is said of them.
fn read(kind: &str, fortran: bool, shape: &[u64], bytes: &[u8]) -> Dataset {
    open(&[("x_train.npy", npy(kind, fortran, shape, bytes))])
}

fn pixels(dataset: &Dataset) -> Vec<u8> {
    (0..dataset.len() as u32)
        .flat_map(|serial| dataset.image(serial).unwrap().to_vec())
        .collect()
}

fn truth(dataset: &Dataset) -> Vec<Option<u8>> {
    (0..dataset.len() as u32)
        .map(|serial| dataset.true_label(serial))
        .collect()
}

#[test]
fn values_of_any_type_are_stretched_to_bytes_and_that_is_said() {
    let cases: [(&str, Vec<u8>, [u8; 3], &str); 12] = [
        (
            "<f4",
            floats(&[0.0, 0.5, 1.0]),
            [0, 128, 255],
            "float32 in 0…1 were stretched to 0…255",
        ),
        (
            "<f4",
            floats(&[0.0, 0.1, 0.2]),
            [0, 26, 51],
            "float32 in 0…1 were stretched to 0…255",
        ),
        (
            "<f4",
            floats(&[-1.0, 0.0, 1.0]),
            [0, 128, 255],
            "float32 in −1…1 were stretched to 0…255",
        ),
        (
            "<f4",
            floats(&[0.0, 127.4, 254.0]),
            [0, 127, 254],
            "float32 in 0…255 were read as bytes",
        ),
        (
            "<f4",
            floats(&[0.0, 8.0, 16.0]),
            [0, 128, 255],
            "float32 in 0…16 were stretched to 0…255",
        ),
        (
            "<f4",
            floats(&[-0.424_2, 1.0, 2.821_9]),
            [0, 112, 255],
            "float32 in −0.4242…2.822 were stretched to 0…255",
        ),
        (
            "<u2",
            shorts(&[0, 300, 600]),
            [0, 128, 255],
            "uint16 in 0…600 were stretched to 0…255",
        ),
        (
            "<u2",
            shorts(&[3, 3, 200]),
            [3, 3, 200],
            "uint16 in 0…255 were read as bytes",
        ),
        (
            "<i8",
            longs(&[0, 0, 255]),
            [0, 0, 255],
            "int64 in 0…255 were read as bytes",
        ),
        (
            "<i8",
            longs(&[7000, 7000, 7000]),
            [0, 0, 0],
            "int64 in 7000…7000 were stretched to 0…255",
        ),
        (
            "|b1",
            vec![1, 0, 1],
            [255, 0, 255],
            "bool in 0…1 were stretched to 0…255",
        ),
        (
            "|i1",
            vec![0x80, 0, 0x7f],
            [0, 128, 255],
            "int8 in −128…127 were stretched to 0…255",
        ),
    ];
    for (kind, bytes, expected, note) in cases {
        let data = read(kind, false, &[1, 1, 3], &bytes);
        assert_eq!(data.image(0), Some(&expected[..]), "{note}");
        assert_eq!(data.notes(), [format!("x_train.npy: {note}")]);
    }
    assert!(read("|u1", false, &[1, 1, 3], &[0, 1, 1]).notes().is_empty());
    let mut idx = idx(&[1, 1, 2], &[0x3f, 0, 0, 0, 0x3f, 0x80, 0, 0]);
    idx[2] = 0x0d;
    assert_eq!(pixels(&open(&[(IMAGES, idx)])), [128, 255]);
}

#[test]
fn what_is_stretched_comes_in_chunks_and_the_test_images_in_the_same_range() {
    let values: Vec<f32> = (0..400 * 784).map(|i| (i % 1001) as f32 / 10.0).collect();
    let dir = tempfile::tempdir().unwrap();
    npz(
        &dir.path().join("a.npz"),
        true,
        &[
            ("x_train", "<f4", &[400, 28, 28], &floats(&values)),
            ("x_test", "<f4", &[1, 28, 28], &floats(&[60.0; 784])),
        ],
    );
    let mut heard = Vec::new();
    let mut progress = |done, of| heard.push((done, of));
    let options = OpenOptions::default();
    let data = Dataset::open_watched(dir.path(), Split::Train, options, &mut progress).unwrap();
    let expected: Vec<u8> = values
        .iter()
        .map(|value| (f64::from(*value) * 2.55 + 0.5) as u8)
        .collect();
    assert!(pixels(&data) == expected);
    assert!(heard.len() > 4 && heard.is_sorted());
    assert_eq!(heard.last(), Some(&(2 * 1_254_400, 2 * 1_254_400)));
    let test = Dataset::open(dir.path(), Split::Test).unwrap();
    assert_eq!(test.image(0), Some(&[153; 784][..]));
}

#[test]
fn what_is_no_number_is_refused_with_its_place() {
    let mut values = vec![0.0; 70_000];
    values[69_000] = f32::NAN;
    let array = npy("<f4", false, &[70, 10, 100], &floats(&values));
    let message = error(&[("images.npy", array)]);
    assert!(
        message.contains("images.npy: holds NaN at [69, 0, 0] (float32 [70, 10, 100]); replace"),
        "{message}"
    );
    let array = npy("<f4", true, &[2, 1, 2], &floats(&[0.0, f32::INFINITY, 0.0, 0.0]));
    let message = error(&[("images.npy", array)]);
    assert!(message.contains("an infinite value at [1, 0, 0]"), "{message}");
}

#[test]
fn images_of_each_shape_are_read() {
    let bytes: Vec<u8> = (0..24).collect();
    let cases: [(&[u64], [usize; 3], Vec<u8>); 10] = [
        (&[2, 3, 4], [3, 4, 1], bytes.clone()),
        (&[2, 3, 4, 1], [3, 4, 1], bytes.clone()),
        (&[2, 1, 3, 4], [3, 4, 1], bytes.clone()),
        (&[6, 4], [2, 2, 1], bytes.clone()),
        (&[2, 2, 2, 3], [2, 2, 3], bytes.clone()),
        (&[1, 2, 4, 3], [2, 4, 3], bytes.clone()),
        (
            &[2, 3, 2, 2],
            [2, 2, 3],
            vec![
                0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11, 12, 16, 20, 13, 17, 21, 14, 18, 22, 15, 19, 23,
            ],
        ),
        (
            &[1, 3, 2, 4],
            [2, 4, 3],
            vec![
                0, 8, 16, 1, 9, 17, 2, 10, 18, 3, 11, 19, 4, 12, 20, 5, 13, 21, 6, 14, 22, 7, 15, 23,
            ],
        ),
        (
            &[1, 2, 3, 4],
            [2, 3, 3],
            vec![0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22],
        ),
        (
            &[1, 4, 3, 2],
            [3, 2, 3],
            vec![0, 6, 12, 1, 7, 13, 2, 8, 14, 3, 9, 15, 4, 10, 16, 5, 11, 17],
        ),
    ];
    for (shape, expected, values) in cases {
        let data = read("|u1", false, shape, &bytes);
        assert_eq!((data.shape(), pixels(&data)), (expected, values), "{shape:?}");
        let alpha = ["x_train.npy: the alpha channel is left out"];
        let has_alpha = matches!(*shape, [1, 2, 3, 4] | [1, 4, 3, 2]);
        assert_eq!(data.notes() == alpha, has_alpha, "{shape:?}");
    }
}

#[test]
fn arrays_in_fortran_order_are_the_same_images() {
    // The numbers from 0 to 11 in this shape, as numpy.asfortranarray writes them.
    let cases: [(&[u64], [u8; 12]); 4] = [
        (&[2, 2, 3], [0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11]),
        (&[3, 4], [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]),
        (&[2, 1, 2, 3], [0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11]),
        (&[1, 2, 2, 3], [0, 6, 3, 9, 1, 7, 4, 10, 2, 8, 5, 11]),
    ];
    for (shape, bytes) in cases {
        let data = read("|u1", true, shape, &bytes);
        let expected: Vec<u8> = (0..12).collect();
        assert_eq!(pixels(&data), expected, "{shape:?}");
        let wide: Vec<u16> = bytes.iter().map(|&byte| 1000 + 85 * u16::from(byte)).collect();
        let data = read("<u2", true, shape, &shorts(&wide));
        assert_eq!(pixels(&data)[..3], [0, 23, 46], "{shape:?}");
    }
}

#[test]
fn emnist_is_turned_by_its_name_or_as_is_asked() {
    let images = idx(&[1, 2, 3], &[0, 1, 2, 3, 4, 5]);
    let name = "emnist-letters-train-images-idx3-ubyte";
    let with =
        |dir: &Path, transpose| Dataset::open_with(dir, Split::Train, OpenOptions { transpose }).unwrap();
    let emnist = folder(&[(&format!("{name}.gz"), gz(&images))]);
    let plain = folder(&[(IMAGES, images)]);
    let turned = ([3, 2, 1], vec![0, 3, 1, 4, 2, 5]);
    let straight = ([2, 3, 1], vec![0, 1, 2, 3, 4, 5]);
    for (dir, transpose, expected) in [
        (&emnist, Transpose::Auto, &turned),
        (&emnist, Transpose::No, &straight),
        (&plain, Transpose::Auto, &straight),
        (&plain, Transpose::Yes, &turned),
    ] {
        let data = with(dir.path(), transpose);
        assert_eq!(&(data.shape(), pixels(&data)), expected);
        let note = data
            .notes()
            .iter()
            .any(|note| note.ends_with("rows and columns were exchanged"));
        assert_eq!(note, expected == &turned);
    }
    let array = npy("|u1", true, &[1, 4], &[0, 1, 2, 3]);
    let dir = folder(&[("emnist-x_train.npy", array)]);
    assert_eq!(pixels(&with(dir.path(), Transpose::Auto)), [0, 2, 1, 3]);
    let colour = npy("|u1", false, &[1, 3, 1, 2], &[0, 1, 2, 3, 4, 5]);
    let dir = folder(&[("x_train.npy", colour)]);
    let data = with(dir.path(), Transpose::Yes);
    assert_eq!((data.shape(), pixels(&data)), ([2, 1, 3], vec![0, 2, 4, 1, 3, 5]));
}

#[test]
fn labels_of_each_form_are_read() {
    let images = || npy("|u1", false, &[3, 1, 1], &[1, 2, 3]);
    let with = |labels| open(&[("x_train.npy", images()), ("y_train.npy", labels)]);
    let cases: [(Vec<u8>, [Option<u8>; 3]); 11] = [
        (
            npy("<i8", false, &[3], &longs(&[0, 9, -1])),
            [Some(0), Some(9), None],
        ),
        (
            npy("<i8", false, &[3, 1], &longs(&[4, 4, 0])),
            [Some(4), Some(4), Some(0)],
        ),
        (
            npy("<f4", false, &[3], &floats(&[4.0, f32::NAN, 0.0])),
            [Some(4), None, Some(0)],
        ),
        (npy("|b1", false, &[3], &[1, 0, 1]), [Some(1), Some(0), Some(1)]),
        (
            npy(">u2", false, &[3], &[0, 5, 0, 6, 0, 0]),
            [Some(5), Some(6), Some(0)],
        ),
        (
            npy("|u1", false, &[3, 4], &[0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1]),
            [Some(2), Some(0), Some(3)],
        ),
        (
            npy("|u1", true, &[3, 4], &[0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]),
            [Some(2), Some(0), Some(3)],
        ),
        (
            npy("<f4", false, &[3, 2], &floats(&[0.0, 1.0, 0.0, 0.0, 1.0, 0.0])),
            [Some(1), None, Some(0)],
        ),
        (npy("|u1", false, &[3], &[1, 3, 2]), [Some(0), Some(2), Some(1)]),
        (npy("|i1", false, &[3], &[1, 0xff, 2]), [Some(0), None, Some(1)]),
        (npy("|u1", false, &[3], &[1, 3, 4]), [Some(1), Some(3), Some(4)]),
    ];
    for (at, (labels, expected)) in cases.into_iter().enumerate() {
        let data = with(labels);
        assert_eq!(truth(&data), expected, "case {at}");
        let counted = matches!(at, 8 | 9);
        assert_eq!(data.notes().len(), usize::from(counted));
    }
    assert_eq!(
        with(npy("|u1", false, &[3], &[1, 3, 2])).notes(),
        ["y_train.npy: the labels 1…3 are counted from 0 here"]
    );
    let idx_column = [
        ("train-images-idx3-ubyte", idx(&[2, 1, 1], &[0, 1])),
        (LABELS, idx(&[2, 1], &[7, 8])),
    ];
    assert_eq!(truth(&open(&idx_column)), [Some(7), Some(8)]);
}

#[test]
fn labels_counted_from_0_and_columns_of_ones_tell_how_many_classes_there_are() {
    let letters: Vec<u8> = (1..=26).collect();
    let one_hot = |rows, columns: u64, ones: &[u64]| {
        let mut values = vec![0; (rows * columns) as usize];
        ones.iter().for_each(|&at| values[at as usize] = 1);
        npy("|u1", false, &[rows, columns], &values)
    };
    for (images, labels, count) in [
        // EMNIST's letters.
        (26, npy("|u1", false, &[26], &letters), 26),
        (2, npy("<i8", false, &[2], &longs(&[0, 255])), 256),
        // The last columns have no ones.
        (2, one_hot(2, 62, &[0, 62 + 40]), 62),
        (2, one_hot(2, 62, &[]), 62),
        // More columns than classes can be told apart tell nothing.
        (2, one_hot(2, 300, &[0, 300 + 46]), 47),
        // Nothing is labelled.
        (2, npy("<i8", false, &[2], &longs(&[-1, -1])), 10),
    ] {
        let images = npy("|u1", false, &[images, 1, 1], &vec![1; images as usize]);
        let dir = folder(&[("x_train.npy", images), ("y_train.npy", labels)]);
        let data = Dataset::open(dir.path(), Split::Train).unwrap();
        assert_eq!(data.classes().get(), count);
        let told = (count != 10).then(|| dir.path().join("y_train.npy"));
        assert_eq!(data.counted_in(), told.as_deref());
    }
}

#[test]
fn several_labels_a_sample_and_others_that_are_none_are_named_in_a_line() {
    let images = || npy("|u1", false, &[2, 1, 1], &[1, 2]);
    let without = "; the images are opened without true labels";
    for (labels, what) in [
        (
            npy("|u1", false, &[2, 3], &[1, 1, 0, 0, 0, 1]),
            "holds 3 labels for each sample (uint8 [2, 3]), which are not one-hot",
        ),
        (
            npy("<f4", false, &[2, 2], &floats(&[0.5, 0.5, 0.0, 1.0])),
            "holds 2 labels for each sample (float32 [2, 2]), which are not one-hot",
        ),
        (
            npy("<f4", false, &[2], &floats(&[1.0, 0.5])),
            "holds 0.5 as the label of sample 1, no whole number (float32 [2])",
        ),
        (
            npy("|u1", false, &[3], &[1, 2, 3]),
            "holds 3 labels for 2 images (uint8 [3])",
        ),
        (
            npy("<i8", false, &[2], &longs(&[0, -7])),
            "label -7 of sample 1 is not one of 0–255",
        ),
        (
            npy("|S1", false, &[2], b"ab"),
            "holds |S1 of [2], not real numbers",
        ),
    ] {
        let data = open(&[("images.npy", images()), ("labels.npy", labels)]);
        assert_eq!(data.notes(), [format!("labels.npy: {what}{without}")]);
        assert_eq!(truth(&data), [None, None]);
    }
}

#[test]
fn both_splits_count_their_labels_alike() {
    let dir = tempfile::tempdir().unwrap();
    npz(
        &dir.path().join("a.npz"),
        false,
        &[
            ("x_train", "|u1", &[3, 1, 1], &[1, 2, 3]),
            ("y_train", "|u1", &[3], &[1, 2, 3]),
            ("x_test", "|u1", &[2, 1, 1], &[1, 2]),
            ("y_test", "|u1", &[2], &[2, 3]),
        ],
    );
    let test = Dataset::open(dir.path(), Split::Test).unwrap();
    assert_eq!(truth(&test), [Some(1), Some(2)]);
}

#[test]
fn arrays_are_found_by_the_names_that_people_give_them() {
    let images: (&str, &[u64], &[u8]) = ("|u1", &[2, 1, 1], &[5, 6]);
    let labels: (&str, &[u64], &[u8]) = ("|u1", &[2], &[3, 0]);
    for (file, [x, y]) in [
        ("a.npz", ["imgs", "labels"]),
        ("a.npz", ["arr_0", "arr_1"]),
        ("a.NPZ", ["data", "target"]),
        ("a.Npz", ["X_train", "Y_train"]),
        ("train.npz", ["images", "labels"]),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let arrays = [
            (x, images.0, images.1, images.2),
            (y, labels.0, labels.1, labels.2),
        ];
        npz(&dir.path().join(file), true, &arrays);
        let data = Dataset::open(dir.path(), Split::Train).unwrap();
        assert_eq!(
            (pixels(&data), truth(&data)),
            (vec![5, 6], vec![Some(3), Some(0)]),
            "{file} {x}"
        );
    }
    // KMNIST: a file for each array.
    let dir = tempfile::tempdir().unwrap();
    for (file, (kind, shape, bytes)) in [
        ("kmnist-train-imgs.npz", images),
        ("kmnist-train-labels.npz", labels),
    ] {
        npz(&dir.path().join(file), true, &[("arr_0", kind, shape, bytes)]);
    }
    npz(
        &dir.path().join("kmnist-test-imgs.npz"),
        true,
        &[("arr_0", "|u1", &[1, 1, 1], &[9])],
    );
    let data = Dataset::open(dir.path(), Split::Train).unwrap();
    assert_eq!(
        (pixels(&data), truth(&data)),
        (vec![5, 6], vec![Some(3), Some(0)])
    );
    assert_eq!(pixels(&Dataset::open(dir.path(), Split::Test).unwrap()), [9]);
    let array = |(kind, shape, bytes)| npy(kind, false, shape, bytes);
    let data = open(&[
        ("X.NPY", array(images)),
        ("y.npy", array(labels)),
        ("data_mean.npy", array(labels)),
    ]);
    assert_eq!(
        (pixels(&data), truth(&data)),
        (vec![5, 6], vec![Some(3), Some(0)])
    );
}

#[test]
fn idx_files_are_found_by_the_names_that_people_give_them() {
    for (images, labels) in [
        ("train-images.idx3-ubyte", "train-labels.idx1-ubyte"),
        ("Train-Images-IDX3-ubyte", "TRAIN-labels-idx1-ubyte.GZ"),
        (
            "emnist-letters-train-images-idx3-ubyte.gz",
            "emnist-letters-train-labels-idx1-ubyte.gz",
        ),
    ] {
        let data = open(&[(images, gz(&tiny())), (labels, idx(&[2], &[4, 0]))]);
        assert_eq!(truth(&data), [Some(4), Some(0)], "{images}");
    }
    let of = |set: &str, split: &str, pixel| {
        let images = idx(&[1, 1, 1], &[pixel]);
        (format!("emnist-{set}-{split}-images-idx3-ubyte"), images)
    };
    let files = [
        of("letters", "train", 1),
        of("letters", "test", 2),
        of("byclass", "test", 3),
        of("mnist", "train", 4),
    ];
    let files: Vec<(&str, Vec<u8>)> = files
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.clone()))
        .collect();
    let dir = folder(&files);
    let data = Dataset::open(dir.path(), Split::Train).unwrap();
    assert_eq!(pixels(&data), [1]);
    assert!(
        data.notes()[0].contains("is the first of 2 data sets in the folder"),
        "{:?}",
        data.notes()
    );
    assert_eq!(pixels(&Dataset::open(dir.path(), Split::Test).unwrap()), [2]);
    fs::remove_file(dir.path().join("emnist-letters-test-images-idx3-ubyte")).unwrap();
    let message = Dataset::open(dir.path(), Split::Test).unwrap_err().to_string();
    assert!(
        message.contains("holds neither t10k-images-idx3-ubyte"),
        "{message}"
    );
}

#[test]
fn what_archives_hold_instead_of_images_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let array: (&str, &[u64], &[u8]) = ("|u1", &[1], &[0]);
    let names = ["f", "b", "c", "weights", "e", "a"];
    let arrays = names.map(|name| (name, array.0, array.1, array.2));
    npz(&dir.path().join("x.npz"), true, &arrays);
    let message = Dataset::open(dir.path(), Split::Train).unwrap_err().to_string();
    let expected =
        "nor an .npz or .npy file with such images (x.npz holds a, b, c, e, f, …); put the file there";
    assert!(message.contains(expected), "{message}");
}

#[test]
fn packed_or_not_is_told_by_the_bytes() {
    let packed = format!("{IMAGES}.gz");
    for files in [[(IMAGES, gz(&tiny()))], [(packed.as_str(), tiny())]] {
        assert_eq!(open(&files).len(), 2);
    }
}

#[test]
fn a_web_page_in_the_place_of_a_download_is_named() {
    let page = b"\n<!DOCTYPE html>\n<html><body>404</body></html>";
    for (name, bytes) in [
        (IMAGES, page.to_vec()),
        ("train-images-idx3-ubyte.gz", page.to_vec()),
        ("train-images-idx3-ubyte.gz", gz(page)),
        ("mnist.npz", page.to_vec()),
        ("images.npy", page.to_vec()),
    ] {
        let message = error(&[(name, bytes)]);
        assert!(
            message.contains(&format!(
                "{name}: is a web page, probably of a failed download; fetch"
            )),
            "{message}"
        );
    }
}

#[test]
fn files_that_are_none_are_passed_over_beside_the_right_one() {
    let archive = tempfile::tempdir().unwrap();
    let path = archive.path().join("a.npz");
    npz(&path, false, &[("x_train", "|u1", &[1, 1, 1], &[7])]);
    let good = fs::read(&path).unwrap();
    let empty = b"PK\x05\x06".iter().copied().chain([0; 18]).collect::<Vec<u8>>();
    for (name, bytes, note) in [
        ("._a.npz", b"\0\x05\x16\x07".to_vec(), None),
        ("._train-images-idx3-ubyte", b"\0\x05\x16\x07".to_vec(), None),
        ("A.npz", Vec::new(), None),
        ("A.npz", empty, None),
        (IMAGES, Vec::new(), None),
        ("A.npz", b"<html>".to_vec(), Some("A.npz: is a web page")),
        (
            IMAGES,
            b"<html>".to_vec(),
            Some("train-images-idx3-ubyte: is a web page"),
        ),
        ("A.npy", good[..40].to_vec(), None),
        (
            "X_train.npy",
            npy("|u1", false, &[3], &[1, 2, 3]),
            Some("X_train.npy: is an array of uint8 [3]"),
        ),
    ] {
        let data = open(&[("a.npz", good.clone()), (name, bytes)]);
        assert_eq!(pixels(&data), [7], "{name}");
        match note {
            Some(note) => assert!(
                data.notes()[0].starts_with(note) && data.notes()[0].ends_with("; it is passed over"),
                "{:?}",
                data.notes()
            ),
            None => assert!(data.notes().is_empty(), "{:?}", data.notes()),
        }
    }
    let packed = format!("{IMAGES}.gz");
    let data = open(&[(IMAGES, Vec::new()), (&packed, gz(&tiny()))]);
    assert_eq!(data.len(), 2);
}
