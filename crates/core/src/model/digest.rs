//! By what a state of the weights is known again.

use sha2::{Digest, Sha256};

use super::parameters::Parameters;
use crate::format::hex;

/// Hexadecimal digits that are kept of a digest.
const DIGITS: usize = 32;

impl Parameters {
    /// The first 32 hexadecimal digits of the SHA-256 of all names and numbers, in the order of the names: equal for equal
    /// weights, whatever file they come from.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for (name, tensor) in &self.0 {
            hash.update(name.as_bytes());
            hash.update([0]);
            let bytes: Vec<u8> = tensor.data.iter().flat_map(|value| value.to_le_bytes()).collect();
            hash.update(bytes);
        }
        let digest = hex(&hash.finalize());
        digest[..DIGITS].to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::parameters::Tensor;
    use super::*;

    #[test]
    fn it_tells_weights_apart() {
        let weights = |name: &str, data: &[f32]| {
            let tensor = Tensor {
                shape: vec![data.len()],
                data: data.to_vec(),
            };
            Parameters([(name.to_owned(), tensor)].into()).digest()
        };
        assert_eq!(weights("a", &[1.0, 2.0]), weights("a", &[1.0, 2.0]));
        assert_eq!(weights("a", &[1.0]).len(), DIGITS);
        assert_ne!(weights("a", &[1.0, 2.0]), weights("a", &[1.0, 2.5]));
        assert_ne!(weights("a", &[1.0]), weights("b", &[1.0]));
    }
}
