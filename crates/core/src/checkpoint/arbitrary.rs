//! What the property tests draw.

use proptest::prelude::*;

use crate::model::parameters::{Parameters, Tensor};

/// An array of up to four dimensions, empty ones included.
pub fn any_tensor() -> impl Strategy<Value = Tensor> {
    proptest::collection::vec(0_usize..5, 0..5).prop_flat_map(|shape| {
        let data = proptest::collection::vec(-1e30..1e30_f32, shape.iter().product::<usize>());
        data.prop_map(move |data| Tensor {
            shape: shape.clone(),
            data,
        })
    })
}

/// Trees of maps with arrays as leaves. A leaf's name is a number, so that none is also a map's.
pub fn any_parameters() -> impl Strategy<Value = Parameters> {
    let path = proptest::collection::vec("[a-zé_]{1,3}", 1..4)
        .prop_map(|names| format!("{}/{}", names.join("/"), names.len()));
    proptest::collection::btree_map(path, any_tensor(), 0..12).prop_map(Parameters)
}
