//! A network's weights as named host arrays in Flax's layout, and back.
//!
//! burn keeps dense kernels as Flax does, `[in, out]`; convolution kernels differ: burn has `[out, in, h, w]` where
//! Flax has `[h, w, in, out]`, and for transposed convolutions burn has `[in, out, h, w]` and flips the kernel
//! where Flax (`transpose_kernel=False`) does not.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData};

use ssvae_core::checkpoint::{self, Parameters};

use crate::network::Network;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    Plain,
    Conv,
    ConvTranspose,
}

/// Where a parameter stands, in the order in which burn visits a network's parameters.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Flax's path, such as `encoder/hidden_0/kernel`.
    pub path: String,
    /// Shape in burn's layout.
    shape: Vec<usize>,
    layout: Layout,
}

impl Entry {
    /// Weight decay is for kernels only.
    pub fn is_kernel(&self) -> bool {
        self.shape.len() > 1
    }

    pub fn elements(&self) -> usize {
        self.shape.iter().product()
    }

    /// Burn's array of this parameter in Flax's layout.
    pub fn to_flax(&self, data: &[f32]) -> checkpoint::Tensor {
        let Some([a, b, h, w]) = self.kernel_dims() else {
            return checkpoint::Tensor {
                shape: self.shape.clone(),
                data: data.to_vec(),
            };
        };
        let (shape, _) = self.flax_dims([a, b, h, w]);
        let mut out = vec![0.0; data.len()];
        self.each_pair([a, b, h, w], |burn, flax| out[flax] = data[burn]);
        checkpoint::Tensor { shape, data: out }
    }

    /// The reverse of [`Entry::to_flax`]; `data` has as many elements as the shape.
    pub fn from_flax(&self, data: &[f32]) -> Vec<f32> {
        let Some(dims) = self.kernel_dims() else {
            return data.to_vec();
        };
        let mut out = vec![0.0; data.len()];
        self.each_pair(dims, |burn, flax| out[burn] = data[flax]);
        out
    }

    fn kernel_dims(&self) -> Option<[usize; 4]> {
        <[usize; 4]>::try_from(self.shape.as_slice()).ok()
    }

    /// Flax's shape `[h, w, in, out]`, and whether burn's first axis is the input.
    fn flax_dims(&self, [a, b, h, w]: [usize; 4]) -> (Vec<usize>, bool) {
        match self.layout {
            Layout::ConvTranspose => (vec![h, w, a, b], true),
            _ => (vec![h, w, b, a], false),
        }
    }

    fn each_pair(&self, dims: [usize; 4], mut visit: impl FnMut(usize, usize)) {
        let [a, b, h, w] = dims;
        let (_, input_first) = self.flax_dims(dims);
        for i in 0..a {
            for j in 0..b {
                for y in 0..h {
                    for x in 0..w {
                        let burn = ((i * b + j) * h + y) * w + x;
                        let flax = if input_first {
                            (((h - 1 - y) * w + (w - 1 - x)) * a + i) * b + j
                        } else {
                            ((y * w + x) * b + j) * a + i
                        };
                        visit(burn, flax);
                    }
                }
            }
        }
    }
}

/// All parameters of a network, in burn's order.
pub fn entries<B: Backend>(network: &Network<B>) -> Vec<Entry> {
    let mut collector = Collector {
        names: Vec::new(),
        kinds: Vec::new(),
        entries: Vec::new(),
    };
    network.visit(&mut collector);
    collector.entries
}

struct Collector {
    names: Vec<String>,
    kinds: Vec<String>,
    entries: Vec<Entry>,
}

impl<B: Backend> ModuleVisitor<B> for Collector {
    fn enter_module(&mut self, name: &str, container_type: &str) {
        self.names.push(name.to_owned());
        self.kinds.push(container_type.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.names.pop();
        self.kinds.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<B, D>>) {
        let layout = match self.kinds.iter().rev().find(|kind| kind.starts_with("Struct:")) {
            Some(kind) if kind == "Struct:Conv2d" => Layout::Conv,
            Some(kind) if kind == "Struct:ConvTranspose2d" => Layout::ConvTranspose,
            _ => Layout::Plain,
        };
        self.entries.push(Entry {
            path: flax_path(&self.names),
            shape: param.val().dims().to_vec(),
            layout,
        });
    }
}

/// `[encoder, hidden, 0, weight]` → `encoder/hidden_0/kernel`.
fn flax_path(names: &[String]) -> String {
    let mut path = String::new();
    for name in names {
        let index = name.bytes().all(|byte| byte.is_ascii_digit());
        if !path.is_empty() {
            path.push(if index { '_' } else { '/' });
        }
        path.push_str(if name == "weight" { "kernel" } else { name });
    }
    path
}

/// The weights in burn's layout and order, read off the device.
fn arrays<B: Backend>(network: &Network<B>) -> Vec<Vec<f32>> {
    struct Reader(Vec<Vec<f32>>);
    impl<B: Backend> ModuleVisitor<B> for Reader {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<B, D>>) {
            self.0.push(host(param.val()));
        }
    }
    let mut reader = Reader(Vec::new());
    network.visit(&mut reader);
    reader.0
}

/// The weights in Flax's layout, read off the device.
pub fn get<B: Backend>(network: &Network<B>) -> Parameters {
    let entries = entries(network);
    let named = entries
        .iter()
        .zip(arrays(network))
        .map(|(entry, data)| (entry.path.clone(), entry.to_flax(&data)));
    Parameters(named.collect())
}

/// Replaces all weights. `parameters` has been checked against the network's architecture
/// ([`checkpoint::check`]); a parameter that is missing in it stays as it was.
pub fn set<B: Backend>(network: Network<B>, parameters: &Parameters, device: &B::Device) -> Network<B> {
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
    let arrays: Vec<Option<Vec<f32>>> = entries(&network)
        .iter()
        .map(|entry| {
            parameters
                .0
                .get(&entry.path)
                .map(|tensor| entry.from_flax(&tensor.data))
        })
        .collect();
    network.map(&mut Writer::<B> {
        arrays: arrays.into_iter(),
        device,
    })
}

/// A tensor's elements on the host, row-major.
pub fn host<B: Backend, const D: usize>(tensor: Tensor<B, D>) -> Vec<f32> {
    // Every tensor of the model is f32, so the conversion cannot fail for a reason that a user could mend.
    tensor.into_data().convert::<f32>().into_vec().unwrap_or_default()
}
