use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use ssvae_test_support::idx;

use super::*;
use crate::dataset::{Dataset, Split};

fn npy(kind: &str, fortran: bool, shape: &[u64], bytes: &[u8]) -> Vec<u8> {
    let order = if fortran { "True" } else { "False" };
    let shape: Vec<String> = shape.iter().map(|length| format!("{length},")).collect();
    let shape = shape.join(" ");
    let head = format!("{{'descr': '{kind}', 'fortran_order': {order}, 'shape': ({shape}), }}\n");
    let length = (head.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\0", &length[..], head.as_bytes(), bytes].concat()
}

fn floats(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn npz(arrays: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in arrays {
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(format!("{name}.npy"), options).unwrap();
        std::io::Write::write_all(&mut archive, bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn of(name: &str, bytes: &[u8], samples: Option<usize>) -> Result<Vectors, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    read(&path, samples, &mut |_, _| {}).map_err(|error| {
        let message = error.to_string();
        let message = message.strip_prefix(&format!("{}: ", path.display()));
        message.expect("the file's name comes first").to_owned()
    })
}

fn rows(vectors: &Vectors) -> Vec<&[f32]> {
    vectors.values().chunks(vectors.dim()).collect()
}

const THREE: [[f32; 2]; 3] = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]];

#[test]
fn arrays_of_every_number_and_order_are_read() {
    let one_to_six = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0_f32];
    let doubles: Vec<u8> = one_to_six
        .iter()
        .flat_map(|x| f64::from(*x).to_be_bytes())
        .collect();
    let halves = [0x3c00_u16, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600];
    let halves: Vec<u8> = halves.iter().flat_map(|x| x.to_le_bytes()).collect();
    let longs: Vec<u8> = (1..=6_i64).flat_map(i64::to_le_bytes).collect();
    let columns = floats(&[1.0, 3.0, 5.0, 2.0, 4.0, 6.0]);
    let cases = [
        npy("<f4", false, &[3, 2], &floats(&one_to_six)),
        npy(">f8", false, &[3, 2], &doubles),
        npy("<f2", false, &[3, 2, 1, 1], &halves),
        npy("<i8", false, &[3, 1, 2], &longs),
        npy("|u1", false, &[3, 2], &[1, 2, 3, 4, 5, 6]),
        npy("<f4", true, &[3, 2], &columns),
    ];
    for (at, file) in cases.iter().enumerate() {
        for samples in [None, Some(3)] {
            let vectors = of("features.npy", file, samples).unwrap();
            assert_eq!(rows(&vectors), THREE, "case {at}");
        }
    }
    let column = of(
        "features.npy",
        &npy("<f4", false, &[6, 1], &floats(&one_to_six)),
        None,
    )
    .unwrap();
    assert_eq!((column.len(), column.dim()), (6, 1));
}

#[test]
fn the_array_of_an_archive_is_the_one_that_is_called_so_or_the_only_one() {
    let three = || npy("<f4", false, &[3, 2], &floats(THREE.as_flattened()));
    let other = || npy("<f4", false, &[1], &floats(&[0.0]));
    for arrays in [
        vec![("arr_0", three())],
        vec![("whatever", three())],
        vec![("a", other()), ("features", three())],
        vec![("arr_0", three()), ("arr_1", other())],
        vec![
            ("arr_0", other()),
            ("embeddings", three()),
            ("test_embeddings", other()),
        ],
    ] {
        let names: Vec<&str> = arrays.iter().map(|(name, _)| *name).collect();
        let vectors = of("features.npz", &npz(&arrays), Some(3));
        assert_eq!(rows(&vectors.unwrap()), THREE, "{names:?}");
    }
    assert_eq!(
        of("features.npz", &npz(&[("a", three()), ("b", other())]), Some(3)).unwrap_err(),
        "holds a, b, none of which is called features; save by numpy.savez(\"features.npz\", features=…)"
    );
    assert!(
        of("features.npz", &npz(&[]), Some(3))
            .unwrap_err()
            .starts_with("holds no arrays")
    );
}

#[test]
fn tables_are_read_with_and_without_a_header_or_serials() {
    for text in [
        "1,2\n3,4\n5,6\n",
        "\u{feff}1;2\r\n3;4\r\n5;6",
        "1\t2\n3\t4\n5\t6\n\n",
        "# written by numpy.savetxt\n1.0e0 2.0e0\n3.0e0 4.0e0\n 5.0e0  6.0e0\n",
        "a,b\n1,2\n3,4\n5,6\n",
        "\"a\",\"b\"\n\"1\",2\n3,4\n5,6\n",
        ",0,1\n0,1,2\n1,3,4\n2,5,6\n",
        "Serial,x,y\n2,5,6\n0,1,2\n1,3,4\n",
        "x,serial,y\n5,2,6\n1,0,2\n3,1,4\n",
        "Unnamed: 0,x,y\n0,1,2\n1,3,4\n2,5,6\n",
    ] {
        for samples in [None, Some(3)] {
            let vectors = of("features.csv", text.as_bytes(), samples);
            assert_eq!(rows(&vectors.unwrap()), THREE, "{text}");
        }
    }
    let numbered = of("features.csv", b"0,1,2\n4,5,6\n", None).unwrap();
    assert_eq!((numbered.len(), numbered.dim()), (1, 3));
}

#[test]
fn every_refusal_says_what_was_found_and_what_to_do() {
    let array = |shape: &[u64], values: &[f32]| npy("<f4", false, shape, &floats(values));
    let six = [0.5; 6];
    let huge: Vec<u8> = [1.0, 1e300].iter().flat_map(|x: &f64| x.to_le_bytes()).collect();
    let cases: Vec<(&str, Vec<u8>, Option<usize>, &str)> = vec![
        (
            "features.npy",
            array(&[3, 2], &six),
            Some(4),
            "holds 3 vectors for 4 samples (float32 [3, 2]); save one for each sample, in their order",
        ),
        (
            "features.npy",
            array(&[3, 2], &six),
            Some(2),
            "holds 3 vectors for 2 samples (float32 [3, 2]); transpose the array",
        ),
        (
            "features.npy",
            array(&[6], &six),
            Some(6),
            "is an array of float32 [6], not of a vector for each sample; save [samples, numbers]",
        ),
        (
            "features.npy",
            array(&[1, 3, 2], &six),
            Some(1),
            "is an array of float32 [1, 3, 2], not of a vector for each sample; save [samples, numbers]",
        ),
        (
            "features.npy",
            array(&[0, 2], &[]),
            None,
            "holds no vectors (float32 [0, 2]); save one for each sample",
        ),
        (
            "features.npy",
            array(&[2, 0], &[]),
            None,
            "holds no vectors (float32 [2, 0]); save one for each sample",
        ),
        (
            "features.npy",
            array(&[2, 2], &[0.0, 1.0, f32::NAN, 1.0]),
            None,
            "holds NaN at [1, 0] (float32 [2, 2]); replace such values, for instance by numpy.nan_to_num",
        ),
        (
            "features.npy",
            array(&[1, 2], &[0.0, f32::INFINITY]),
            None,
            "holds an infinite value at [0, 1] (float32 [1, 2]); replace such values, for instance by numpy.nan_to_num",
        ),
        (
            "features.npy",
            npy("<f8", false, &[1, 2], &huge),
            None,
            "holds 1e300 at [0, 1] (float64 [1, 2]); scale the vectors to what float32 can hold",
        ),
        (
            "features.npy",
            npy("<c8", false, &[1, 1], &[0; 8]),
            None,
            "holds <c8 of [1, 1], not real numbers; save it as integers or floats",
        ),
        (
            "features.npy",
            array(&[4, 2], &six),
            None,
            "does not hold the bytes of an array of float32 [4, 2]; save the vectors again",
        ),
        ("features.npy", b"<!doctype html>".to_vec(), None, "is a web page"),
        ("features.npz", Vec::new(), None, "is not an .npz file"),
        (
            "features.parquet",
            b"PAR1".to_vec(),
            None,
            "Parquet is not read; save the vectors by numpy.save(\"features.npy\", …)",
        ),
        (
            "features.txt",
            Vec::new(),
            None,
            "is none of .npy, .npz and .csv; save",
        ),
        (
            "features.csv",
            Vec::new(),
            None,
            "holds no vectors; save a row of numbers for each sample",
        ),
        ("features.csv", b"a,b\n".to_vec(), None, "holds no vectors"),
        (
            "features.csv",
            b"1,2\n3,4\n".to_vec(),
            Some(3),
            "holds 2 vectors of 2 numbers for 3 samples; save one for each sample",
        ),
        (
            "features.csv",
            b"1,2\n3\n".to_vec(),
            None,
            "line 2: 1 columns, where the line before has 2; save as many for each sample",
        ),
        (
            "features.csv",
            b"a,b\n1,2\n3,cat\n".to_vec(),
            None,
            "line 3: column 2 is \"cat\", not a finite number; save finite numbers",
        ),
        (
            "features.csv",
            b"a,b\n1,nan\n".to_vec(),
            None,
            "line 2: column 2 is \"nan\", not a finite",
        ),
        (
            "features.csv",
            b"a,b\n1,1e99\n".to_vec(),
            None,
            "line 2: column 2 is \"1e99\", not a finite",
        ),
        (
            "features.csv",
            b"a;b\n1;0,5\n".to_vec(),
            None,
            "line 2: column 2 is \"0,5\", not a finite number",
        ),
        (
            "features.csv",
            b"a,b\n1,\n".to_vec(),
            None,
            "line 2: column 2 is \"\", not a finite number",
        ),
        (
            "features.csv",
            b"x,label\n1,2\n".to_vec(),
            None,
            "line 1: the column \"label\" tells the class; save the vectors without it",
        ),
        (
            "features.csv",
            b"Serial,x\n0,1\n0,2\n".to_vec(),
            None,
            "line 3: a second row of serial 0; save one row for each sample",
        ),
        (
            "features.csv",
            b"Serial,x\n0,1\n7,2\n".to_vec(),
            None,
            "line 3: serial 7 is none of 0\u{2013}1; save one row for each sample",
        ),
        (
            "features.csv",
            b"Serial,x\ncat.png,1\n".to_vec(),
            None,
            "line 2: the serial is \"cat.png\", not a whole number; save each sample's number, from 0 on",
        ),
        ("features.csv", b"Serial\n0\n".to_vec(), None, "holds no vectors"),
        (
            "features.csv",
            b"1,\xff\n".to_vec(),
            None,
            "line 1: the text is not UTF-8",
        ),
        (
            "features.csv",
            vec![b'1'; (4 << 20) + 1],
            None,
            "line 1: is longer than 4 MiB; save a row for each sample",
        ),
    ];
    for (name, bytes, samples, expected) in cases {
        let found = of(name, &bytes, samples).unwrap_err();
        assert!(
            found.starts_with(expected),
            "{name}: {found:?} is not {expected:?}"
        );
        assert!(found.contains("; "), "{found}");
    }
    let missing = read(&PathBuf::from("/nowhere/features.npy"), None, &mut |_, _| {});
    let message = missing.unwrap_err().to_string();
    assert!(
        message.starts_with("/nowhere/features.npy: cannot be read ("),
        "{message}"
    );
}

#[test]
fn the_usual_name_is_found_first_and_several_are_told() {
    let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
    let found = |names: &[&str]| find(&paths(names));
    assert_eq!(
        found(&["labels.csv", "x_train.npy", "test_features.npy"]),
        (None, None)
    );
    let only = found(&["clip_embeddings.NPY", "labels.csv"]);
    assert_eq!(only, (Some("clip_embeddings.NPY".into()), None));
    let (first, note) = found(&["a_features.npy", "features.csv", "features.npz"]);
    assert_eq!(first, Some("features.npz".into()));
    assert_eq!(
        note.as_deref(),
        Some("features.npz: holds vectors, and so does features.csv; the window compares by the first alone")
    );
}

fn folder(files: &[(&str, Vec<u8>)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

#[test]
fn vectors_beside_images_are_found_and_no_images_themselves() {
    let square = npy("|u1", false, &[3, 4], &[9; 12]);
    let images = idx(&[3, 1, 2], &[1; 6]);
    let beside = folder(&[
        ("train-images-idx3-ubyte", images),
        ("image_features.npy", square.clone()),
    ]);
    let dataset = Dataset::open(beside.path(), Split::Train).unwrap();
    let path = beside.path().join("image_features.npy");
    assert!(dataset.has_images() && dataset.vectors_alone().is_none());
    assert_eq!((dataset.shape(), dataset.notes().len()), ([1, 2, 1], 0));
    assert_eq!(dataset.vectors_file(), Some(path.as_path()));
    let vectors = dataset.read_vectors(&path, &mut |_, _| {}).unwrap();
    assert_eq!((vectors.len(), vectors.dim()), (3, 4));
    let named = folder(&[
        ("x_train.npy", npy("|u1", false, &[2, 1, 1], &[1; 2])),
        ("features.npy", square),
    ]);
    let dataset = Dataset::open(named.path(), Split::Train).unwrap();
    assert_eq!((dataset.len(), dataset.shape()), (2, [1, 1, 1]));
    let message = dataset.read_vectors(&named.path().join("features.npy"), &mut |_, _| {});
    assert!(
        message
            .unwrap_err()
            .to_string()
            .contains("holds 3 vectors for 2 samples")
    );
}

#[test]
fn vectors_alone_are_a_data_set_with_true_labels_and_without_images() {
    let alone = folder(&[
        (
            "features.npy",
            npy("<f4", false, &[3, 2], &floats(THREE.as_flattened())),
        ),
        (
            "labels.npy",
            npy("<i8", false, &[3], &[4_i64, -1, 6].map(i64::to_le_bytes).concat()),
        ),
    ]);
    let dataset = Dataset::open(alone.path(), Split::Train).unwrap();
    assert!(!dataset.has_images() && !dataset.is_empty());
    assert_eq!(
        (dataset.len(), dataset.pixels(), dataset.classes().get()),
        (3, 0, 7)
    );
    assert_eq!(
        [0, 1, 2].map(|serial| dataset.true_label(serial)),
        [Some(4), None, Some(6)]
    );
    assert_eq!([0, 3].map(|serial| dataset.image(serial)), [None, None]);
    let vectors = dataset.read_vectors(dataset.vectors_file().unwrap(), &mut |_, _| {});
    assert_eq!(rows(&vectors.unwrap()), THREE);
    let refused = dataset.need_images("training").unwrap_err().to_string();
    let found = "features.npy: holds vectors, and training needs images; put the images beside it, or choose";
    assert!(refused.contains(found), "{refused}");
    let test = Dataset::open(alone.path(), Split::Test).unwrap_err().to_string();
    assert!(test.contains("holds vectors, and a test needs images"), "{test}");

    let both = [
        ("features", npy("|u1", false, &[2, 1], &[5, 6])),
        ("y", npy("|u1", false, &[2], &[1, 0])),
    ];
    let archive = folder(&[("features.npz", npz(&both))]);
    let dataset = Dataset::open(archive.path(), Split::Train).unwrap();
    assert_eq!((dataset.len(), dataset.true_label(0)), (2, Some(1)));

    let broken = folder(&[("features.csv", b"1,2\n3\n".to_vec())]);
    let message = Dataset::open(broken.path(), Split::Train)
        .unwrap_err()
        .to_string();
    let found = "features.csv: line 2: 1 columns, where the line before has 2; save as many for each sample, or choose";
    assert!(message.contains(found), "{message}");
}

proptest! {
    #[test]
    fn any_table_is_refused_or_holds_finite_vectors(
        text in "([0-9]|[.,;\t\"# é-]|\n|\r\n|,\n|nan|1e99|Serial|label){0,40}",
        samples in prop::option::of(0_usize..4),
    ) {
        if let Ok(vectors) = of("features.csv", text.as_bytes(), samples) {
            prop_assert_eq!(vectors.len() * vectors.dim(), vectors.values().len());
            prop_assert!(samples.is_none_or(|samples| samples == vectors.len()));
            prop_assert!(vectors.values().iter().all(|value| value.is_finite()));
        }
    }
}
