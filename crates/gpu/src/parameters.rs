//! A network's weights as named arrays in Flax's layout, and back.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};

use ssvae_core::model::layers::{Layer, Parameter, SIDE, Tap};
use ssvae_core::model::parameters::{Parameters, Tensor as Array};

use crate::network::Network;

/// All parameters of a network, in burn's order.
pub fn parameters<B: Backend>(network: &Network<B>) -> Vec<Parameter> {
    network.layers().iter().flat_map(Layer::parameters).collect()
}

/// Burn's array of a parameter in Flax's layout.
pub fn to_flax(parameter: &Parameter, data: &[f32]) -> Array {
    Array {
        shape: parameter.shape.clone(),
        data: parameter.to_flax(data, place(parameter)),
    }
}

/// The reverse of [`to_flax`]; `flax` has as many elements as the parameter's shape.
pub fn from_flax(parameter: &Parameter, flax: &[f32]) -> Vec<f32> {
    parameter.from_flax(flax, place(parameter))
}

/// Where a number of a kernel lies: `[outputs, inputs, SIDE, SIDE]`, for a transposed convolution `[inputs, outputs, SIDE,
/// SIDE]`.
fn place(parameter: &Parameter) -> impl Fn(Tap) -> usize {
    let [inputs, outputs] = parameter.channels().unwrap_or_default();
    let flipped = parameter.is_flipped();
    move |tap| {
        let channels = if flipped {
            tap.input * outputs + tap.output
        } else {
            tap.output * inputs + tap.input
        };
        (channels * SIDE + tap.row) * SIDE + tap.column
    }
}

/// The weights in burn's layout and order, read off the device.
fn arrays<B: Backend>(network: &Network<B>) -> Vec<Vec<f32>> {
    struct Reader(Vec<Vec<f32>>);
    impl<B: Backend> ModuleVisitor<B> for Reader {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<B, D>>) {
            self.0.push(to_cpu(param.val()));
        }
    }
    let mut reader = Reader(Vec::new());
    network.visit(&mut reader);
    reader.0
}

/// The weights in Flax's layout, read off the device.
pub fn get<B: Backend>(network: &Network<B>) -> Parameters {
    let named = parameters(network).into_iter().zip(arrays(network));
    Parameters(
        named
            .map(|(parameter, data)| {
                let array = to_flax(&parameter, &data);
                (parameter.path, array)
            })
            .collect(),
    )
}

/// Replaces all weights. `flax` has been checked against the network's architecture
/// ([`ssvae_core::checkpoint::check`]); a parameter that is missing in it stays as it was.
pub fn set<B: Backend>(network: Network<B>, flax: &Parameters, device: &B::Device) -> Network<B> {
    struct Writer<'a, B: Backend> {
        arrays: std::vec::IntoIter<Option<Vec<f32>>>,
        device: &'a B::Device,
    }
    impl<B: Backend> ModuleMapper<B> for Writer<'_, B> {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<B, D>>) -> Param<Tensor<B, D>> {
            let Some(Some(data)) = self.arrays.next() else {
                return param;
            };
            let (id, tensor, mapper) = param.consume();
            let value = Tensor::from_data(TensorData::new(data, tensor.dims()), self.device).require_grad();
            Param::from_mapped_value(id, value, mapper)
        }
    }
    let arrays: Vec<Option<Vec<f32>>> = parameters(&network)
        .iter()
        .map(|parameter| {
            let array = flax.0.get(&parameter.path)?;
            Some(from_flax(parameter, &array.data))
        })
        .collect();
    network.map(&mut Writer::<B> {
        arrays: arrays.into_iter(),
        device,
    })
}

/// A tensor's elements in main memory, row-major.
pub fn to_cpu<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> Vec<f32> {
    // Every tensor of the model is f32, so the conversion cannot fail for a reason that a user could mend.
    tensor.into_data().convert::<f32>().into_vec().unwrap_or_default()
}
