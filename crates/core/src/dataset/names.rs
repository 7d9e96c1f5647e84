//! What files and arrays are called, and what that says of them.

use super::split::Split;

/// What an array is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Images,
    Labels,
}

/// The split that an array is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Of(Split),
    /// One that is not used, such as the validation images of MedMNIST.
    Other,
    /// The name does not tell.
    Unnamed,
}

/// What the name of an array says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    pub role: Role,
    pub part: Part,
    /// The rest of the file's name, which arrays of one data set have in common.
    pub family: String,
}

const IMAGES: [&str; 7] = ["x", "images", "imgs", "image", "img", "data", "pixels"];
const LABELS: [&str; 7] = ["y", "labels", "label", "targets", "target", "classes", "class"];

/// What vectors of the samples are called.
const VECTORS: [&str; 5] = ["features", "embeddings", "vectors", "feature", "embedding"];

fn role(word: &str) -> Option<Role> {
    match word {
        word if IMAGES.contains(&word) => Some(Role::Images),
        word if LABELS.contains(&word) => Some(Role::Labels),
        _ => None,
    }
}

fn part(word: &str) -> Option<Part> {
    match word {
        "train" | "training" => Some(Part::Of(Split::Train)),
        "test" | "testing" | "t10k" => Some(Part::Of(Split::Test)),
        "val" | "valid" | "validation" | "extra" => Some(Part::Other),
        _ => None,
    }
}

/// An IDX file, such as `train-images-idx3-ubyte`, `train-images.idx3-ubyte.gz` or
/// `emnist-letters-train-images-idx3-ubyte.gz`.
pub(super) fn idx(file: &str) -> Option<Meaning> {
    let name = file.to_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    let name = name
        .strip_suffix("-ubyte")
        .or_else(|| name.strip_suffix(".ubyte"))?;
    let (name, kind) = name.rsplit_once(separates)?;
    let (name, what) = name.rsplit_once(separates)?;
    let role = match (what, kind) {
        ("images", "idx3" | "idx4") => Role::Images,
        ("labels", "idx1" | "idx2") => Role::Labels,
        _ => return None,
    };
    let (family, split) = name.rsplit_once(separates).unwrap_or(("", name));
    let part = part(split)?;
    let family = family.to_owned();
    Some(Meaning { role, part, family })
}

/// An array in an archive, `array` without its extension and `file` likewise. `arr_0` and `arr_1` are what NumPy calls
/// arrays that were given no name.
pub(super) fn entry(file: &str, array: &str) -> Option<Meaning> {
    let about = words_of(file);
    let array = array.to_lowercase();
    let (role, named) = match array.as_str() {
        "arr_0" | "arr_1" if is_of_vectors(file) => return None,
        "arr_0" => (about.role.unwrap_or(Role::Images), None),
        "arr_1" if about.role.is_none() => (Role::Labels, None),
        _ => {
            let words = words_of(&array);
            if !words.rest.is_empty() {
                return None;
            }
            (words.role?, words.part)
        }
    };
    // What an archive of vectors calls its data is no images; its labels are labels.
    if role == Role::Images && is_of_vectors(file) {
        return None;
    }
    Some(Meaning {
        role,
        part: named.or(about.part).unwrap_or(Part::Unnamed),
        family: about.rest,
    })
}

/// A file with one array, `file` without its extension.
pub(super) fn single(file: &str) -> Option<Meaning> {
    if is_of_vectors(file) {
        return None;
    }
    let words = words_of(file);
    Some(Meaning {
        role: words.role?,
        part: words.part.unwrap_or(Part::Unnamed),
        family: words.rest,
    })
}

/// Whether a file or an array, `name` without its extension, holds vectors of the training samples by its name, and how
/// usual the name is: the lower, the more.
pub(super) fn vectors(name: &str) -> Option<usize> {
    let name = name.to_lowercase();
    let mut words = name.split(separates).filter(|word| !word.is_empty());
    if words
        .clone()
        .filter_map(part)
        .any(|part| part != Part::Of(Split::Train))
    {
        return None;
    }
    let more = usize::from(words.clone().count() > 1) * VECTORS.len();
    let at = words.find_map(|word| VECTORS.iter().position(|known| *known == word))?;
    Some(more + at)
}

/// Whether a file is named after vectors, of whichever split: it holds no images.
fn is_of_vectors(file: &str) -> bool {
    let file = file.to_lowercase();
    file.split(separates).any(|word| VECTORS.contains(&word))
}

/// How usual the name is for its role; of several arrays in a file the most usual is taken.
pub(super) fn rank(array: &str) -> usize {
    let array = array.to_lowercase();
    let mut words = array.split(separates);
    let known = IMAGES.iter().chain(&LABELS);
    let at = |word| known.clone().position(|known| *known == word);
    words.find_map(at).unwrap_or(usize::MAX)
}

#[derive(Default)]
struct Words {
    role: Option<Role>,
    part: Option<Part>,
    rest: String,
}

/// The words of a name: the first that tells a role, the first that tells a split, and the rest.
fn words_of(name: &str) -> Words {
    let name = name.to_lowercase();
    let mut found = Words::default();
    let mut rest: Vec<&str> = Vec::new();
    for word in name.split(separates).filter(|word| !word.is_empty()) {
        match (role(word), part(word)) {
            (Some(role), _) if found.role.is_none() => found.role = Some(role),
            (_, Some(part)) if found.part.is_none() => found.part = Some(part),
            _ => rest.push(word),
        }
    }
    found.rest = rest.join("-");
    found
}

fn separates(character: char) -> bool {
    !character.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRAIN: Part = Part::Of(Split::Train);

    fn meaning(role: Role, part: Part, family: &str) -> Option<Meaning> {
        let family = family.into();
        Some(Meaning { role, part, family })
    }

    #[test]
    fn names_of_idx_files_tell_split_and_data_set() {
        for (name, expected) in [
            ("train-images-idx3-ubyte", meaning(Role::Images, TRAIN, "")),
            ("train-images.idx3-ubyte.gz", meaning(Role::Images, TRAIN, "")),
            (
                "T10K-labels-idx1-ubyte.GZ",
                meaning(Role::Labels, Part::Of(Split::Test), ""),
            ),
            (
                "emnist-letters-train-images-idx3-ubyte.gz",
                meaning(Role::Images, TRAIN, "emnist-letters"),
            ),
            ("train-images-idx4-ubyte", meaning(Role::Images, TRAIN, "")),
            ("images-idx3-ubyte", None),
            ("train-images-idx3-ubyte.bak", None),
            ("train-labels-idx3-ubyte", None),
        ] {
            assert_eq!(idx(name), expected, "{name}");
        }
    }

    #[test]
    fn names_of_arrays_tell_what_they_are() {
        for (file, array, expected) in [
            ("mnist", "x_train", meaning(Role::Images, TRAIN, "mnist")),
            (
                "pathmnist",
                "val_images",
                meaning(Role::Images, Part::Other, "pathmnist"),
            ),
            ("train", "images", meaning(Role::Images, TRAIN, "")),
            ("k49-train-imgs", "arr_0", meaning(Role::Images, TRAIN, "k49")),
            (
                "k49-test-labels",
                "arr_0",
                meaning(Role::Labels, Part::Of(Split::Test), "k49"),
            ),
            ("a", "arr_1", meaning(Role::Labels, Part::Unnamed, "a")),
            ("a", "DATA", meaning(Role::Images, Part::Unnamed, "a")),
            ("a", "data_mean", None),
            ("a", "weights", None),
            ("features", "x", None),
            (
                "features",
                "labels",
                meaning(Role::Labels, Part::Unnamed, "features"),
            ),
        ] {
            assert_eq!(entry(file, array), expected, "{file} {array}");
        }
        assert_eq!(single("X_train"), meaning(Role::Images, TRAIN, ""));
        assert_eq!(single("features"), None);
    }

    #[test]
    fn files_of_vectors_are_known_by_their_names_and_hold_no_images() {
        for name in ["features", "train_embeddings", "clip-image-features", "Features"] {
            assert!(vectors(name).is_some(), "{name}");
        }
        assert!(vectors("features") < vectors("embeddings"));
        assert!(vectors("embeddings") < vectors("clip_features"));
        for name in ["test_features", "val-embeddings", "images", "labels"] {
            assert_eq!(vectors(name), None, "{name}");
        }
        for name in ["image_features", "test_features_x"] {
            assert_eq!((single(name), entry(name, "arr_0")), (None, None), "{name}");
        }
    }
}
