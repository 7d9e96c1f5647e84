//! The network's layers, written down once: shapes, fresh weights, checkpoints and both engines are derived from this
//! table. Paths, sizes and activations are those of the Flax modules in the Python system.

use super::config::{Architecture, CONV_STEP, NetworkKind};

/// Slope of the leaky ReLU in dense layers.
const DENSE_SLOPE: f64 = 0.01;
/// Slope of the leaky ReLU in convolutional layers.
const CONV_SLOPE: f64 = 0.2;

/// Rows and columns of a convolution's kernel.
pub const SIDE: usize = 3;

/// Numbers at each position of the grid between conv encoder and heads, and between latent and conv decoder.
pub(crate) const GRID_FEATURES: usize = 128;

/// A piece of the network. The layers of a piece stand one behind the other, except for the two heads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Image → features.
    Encoder,
    /// Features → mean, and features → log variance of the posterior, in this order.
    Heads,
    /// Latent → image.
    Decoder,
    /// Latent → logits.
    Classifier,
}

/// A size that follows from an architecture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Length {
    Fixed(usize),
    Pixels,
    /// The features of a conv network's inmost grid.
    Grid,
    /// Width of the dense encoder's hidden layer of this index.
    Hidden(usize),
    Latent,
    Classes,
}

impl From<usize> for Length {
    fn from(length: usize) -> Self {
        Self::Fixed(length)
    }
}

impl Length {
    fn of(self, architecture: &Architecture) -> usize {
        match self {
            Self::Fixed(length) => length,
            Self::Pixels => architecture.pixels(),
            Self::Grid => {
                let [height, width, _] = architecture.shape();
                height / CONV_STEP * (width / CONV_STEP) * GRID_FEATURES
            }
            Self::Hidden(i) => architecture.hidden_dims.get(i).copied().unwrap_or(0),
            Self::Latent => architecture.latent_dim,
            Self::Classes => architecture.classes.get(),
        }
    }
}

/// A window of `SIDE` × `SIDE` pixels that moves over an image and stops at every position of a grid. Images have their
/// channels last, as in Flax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Height and width of the image in pixels.
    pub image: [usize; 2],
    /// Numbers of each pixel of the image.
    pub channels: usize,
    /// Rows and columns of positions at which it stops.
    pub grid: [usize; 2],
    /// Pixels from one position to the next.
    pub stride: usize,
    /// Rows above and columns left of the image that the first window covers.
    pub before: usize,
}

impl Window {
    /// Flax's SAME: an even size is padded behind only where the stride is 2, and on both sides where it is 1.
    const fn same(image: [usize; 2], channels: usize, stride: usize) -> Self {
        Self {
            image,
            channels,
            grid: [image[0].div_ceil(stride), image[1].div_ceil(stride)],
            stride,
            before: if stride == 1 { 1 } else { 0 },
        }
    }

    /// Rows below and columns right of the image that the last window covers.
    pub fn after(&self) -> [usize; 2] {
        [0, 1].map(|axis| ((self.grid[axis] - 1) * self.stride + SIDE) - self.before - self.image[axis])
    }

    /// Numbers of an image.
    pub(crate) const fn image_len(&self) -> usize {
        self.image[0] * self.image[1] * self.channels
    }

    pub(crate) fn positions(&self) -> usize {
        self.grid[0] * self.grid[1]
    }
}

/// What a layer computes before its activation; `L` is how its sizes are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind<L = usize> {
    /// A product with a matrix, and a bias.
    Dense {
        /// Numbers of a sample before it.
        inputs: L,
        /// Numbers of a sample behind it.
        outputs: L,
    },
    /// Image → features at every position of the grid.
    Conv {
        /// The window that moves over the image.
        window: Window,
        /// Numbers at each position.
        features: usize,
    },
    /// The reverse: features at every position → image.
    ConvTranspose {
        /// The window that moves over the image behind the layer.
        window: Window,
        /// Numbers at each position.
        features: usize,
    },
}

impl Kind {
    /// Numbers of a sample before the layer.
    pub(crate) fn inputs(&self) -> usize {
        match self {
            Self::Dense { inputs, .. } => *inputs,
            Self::Conv { window, .. } => window.image_len(),
            Self::ConvTranspose { window, features } => window.positions() * features,
        }
    }

    /// Numbers of a sample behind the layer.
    pub fn outputs(&self) -> usize {
        match self {
            Self::Dense { outputs, .. } => *outputs,
            Self::Conv { window, features } => window.positions() * features,
            Self::ConvTranspose { window, .. } => window.image_len(),
        }
    }
}

/// A layer of the network.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer<L = usize> {
    /// Flax's path, such as `encoder/hidden_0`.
    pub path: String,
    /// The piece of the network that it belongs to.
    pub part: Part,
    /// What it computes, and its sizes.
    pub kind: Kind<L>,
    /// Slope of the leaky ReLU behind it; `None`: no activation.
    pub slope: Option<f64>,
    /// Whether outputs are dropped at random in training, after the activation.
    pub dropout: bool,
}

impl<L: Copy + From<usize>> Layer<L> {
    /// Kernel and bias, in this order.
    pub fn parameters(&self) -> [Parameter<L>; 2] {
        let [a, b, transposed] = match self.kind {
            Kind::Dense { inputs, outputs } => {
                return self.named(vec![inputs, outputs], outputs, false);
            }
            Kind::Conv { window, features } => [window.channels, features, 0],
            Kind::ConvTranspose { window, features } => [features, window.channels, 1],
        };
        let shape = [SIDE, SIDE, a, b].map(L::from).to_vec();
        self.named(shape, L::from(b), transposed == 1)
    }

    fn named(&self, kernel: Vec<L>, outputs: L, flipped: bool) -> [Parameter<L>; 2] {
        [
            Parameter {
                path: format!("{}/kernel", self.path),
                shape: kernel,
                is_kernel: true,
                flipped,
            },
            Parameter {
                path: format!("{}/bias", self.path),
                shape: vec![outputs],
                is_kernel: false,
                flipped: false,
            },
        ]
    }
}

/// An array of numbers that is learnt.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter<L = usize> {
    /// Flax's path, such as `encoder/hidden_0/kernel`.
    pub path: String,
    /// Flax's shape: `[inputs, outputs]`, `[SIDE, SIDE, inputs, outputs]`, or `[outputs]` for a bias.
    pub shape: Vec<L>,
    /// Kernels are drawn at random at first and decay; biases begin at 0 and do not decay.
    pub(crate) is_kernel: bool,
    /// A transposed convolution's kernel, whose pixels Flax keeps in reverse order (`transpose_kernel=False`).
    flipped: bool,
}

/// A number of a convolution's kernel: that of a pixel of the window, from an input channel to an output channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tap {
    /// Of the window, from the top.
    pub row: usize,
    /// Of the window, from the left.
    pub column: usize,
    /// Input channel.
    pub input: usize,
    /// Output channel.
    pub output: usize,
}

impl Parameter {
    /// How many numbers it has.
    pub fn elements(&self) -> usize {
        self.shape.iter().product()
    }

    /// The channels `[inputs, outputs]` of a convolution's kernel.
    pub fn channels(&self) -> Option<[usize; 2]> {
        match self.shape[..] {
            [_, _, inputs, outputs] => Some([inputs, outputs]),
            _ => None,
        }
    }

    /// Whether Flax's order of the window's pixels is the reverse one.
    pub fn is_flipped(&self) -> bool {
        self.flipped
    }

    /// An engine's array as Flax has it. `place` is where the engine keeps a number of a convolution's kernel; other
    /// parameters lie alike in both.
    pub fn to_flax(&self, data: &[f32], place: impl Fn(Tap) -> usize) -> Vec<f32> {
        let mut flax = data.to_vec();
        for (there, tap) in self.taps().enumerate() {
            flax[there] = data[place(tap)];
        }
        flax
    }

    /// The reverse of [`Parameter::to_flax`]; `flax` has as many elements as the parameter's shape.
    pub fn from_flax(&self, flax: &[f32], place: impl Fn(Tap) -> usize) -> Vec<f32> {
        let mut data = flax.to_vec();
        for (there, tap) in self.taps().enumerate() {
            data[place(tap)] = flax[there];
        }
        data
    }

    /// Which number of a convolution's kernel stands at each place of Flax's array, in the array's order; nothing for other
    /// parameters. Flax's layout is known here alone.
    fn taps(&self) -> impl Iterator<Item = Tap> {
        let [inputs, outputs] = self.channels().unwrap_or([0, 0]);
        let flipped = self.flipped;
        (0..SIDE * SIDE * inputs * outputs).map(move |place| {
            let pixel = place / (inputs * outputs);
            let pixel = if flipped { SIDE * SIDE - 1 - pixel } else { pixel };
            Tap {
                row: pixel / SIDE,
                column: pixel % SIDE,
                input: place / outputs % inputs,
                output: place % outputs,
            }
        })
    }
}

/// The layers of a network whose encoder and decoder are of these kinds, with `hidden` hidden widths, of images `[height,
/// width, channels]`: the encoder's first, then the heads, the decoder's and the classifier's.
pub(crate) fn table(
    encoder: NetworkKind,
    decoder: NetworkKind,
    hidden: usize,
    [height, width, channels]: [usize; 3],
) -> Vec<Layer<Length>> {
    use Length::{Classes, Grid, Hidden, Latent, Pixels};
    let mut table = Table::default();
    let [whole, half, quarter] = [1, 2, CONV_STEP].map(|step| [height / step, width / step]);

    table.part = Some(Part::Encoder);
    let features = match encoder {
        NetworkKind::Dense => table.hidden("encoder", Pixels, (0..hidden).map(Hidden), false),
        NetworkKind::Conv => {
            for (i, (window, features)) in [
                (Window::same(whole, channels, 2), 32),
                (Window::same(half, 32, 2), 64),
                (Window::same(quarter, 64, 1), GRID_FEATURES),
            ]
            .into_iter()
            .enumerate()
            {
                let kind = Kind::Conv { window, features };
                table.add(format!("encoder/conv_{i}"), kind, Some(CONV_SLOPE), false);
            }
            Grid
        }
    };

    table.part = Some(Part::Heads);
    table.dense("encoder/z_mean", features, Latent);
    table.dense("encoder/z_log", features, Latent);

    table.part = Some(Part::Decoder);
    match decoder {
        NetworkKind::Dense => {
            let features = table.hidden("decoder", Latent, (0..hidden).rev().map(Hidden), false);
            table.dense("decoder/projection", features, Pixels);
        }
        NetworkKind::Conv => {
            table.dense("decoder/projection", Latent, Grid);
            for (i, (window, features)) in [
                (Window::same(half, 64, 2), GRID_FEATURES),
                (Window::same(whole, 32, 2), 64),
            ]
            .into_iter()
            .enumerate()
            {
                let kind = Kind::ConvTranspose { window, features };
                table.add(format!("decoder/deconv_{i}"), kind, Some(CONV_SLOPE), false);
            }
            let kind = Kind::Conv {
                window: Window::same(whole, 32, 1),
                features: channels,
            };
            table.add("decoder/recon".into(), kind, None, false);
        }
    }

    table.part = Some(Part::Classifier);
    let width = hidden.checked_sub(1).map_or(Latent, Hidden);
    let features = table.hidden("classifier", Latent, [width, width], true);
    table.dense("classifier/logits", features, Classes);
    table.layers
}

#[derive(Default)]
struct Table {
    layers: Vec<Layer<Length>>,
    /// Of the layers that are added next.
    part: Option<Part>,
}

impl Table {
    fn add(&mut self, path: String, kind: Kind<Length>, slope: Option<f64>, dropout: bool) {
        self.layers.extend(self.part.map(|part| Layer {
            path,
            part,
            kind,
            slope,
            dropout,
        }));
    }

    /// A dense layer without an activation.
    fn dense(&mut self, path: &str, inputs: Length, outputs: Length) {
        self.add(path.into(), Kind::Dense { inputs, outputs }, None, false);
    }

    /// Dense layers `part/hidden_0`, … with a leaky ReLU each; returns the last width.
    fn hidden(
        &mut self,
        part: &str,
        inputs: Length,
        widths: impl IntoIterator<Item = Length>,
        dropout: bool,
    ) -> Length {
        let mut inputs = inputs;
        for (i, outputs) in widths.into_iter().enumerate() {
            let kind = Kind::Dense { inputs, outputs };
            self.add(format!("{part}/hidden_{i}"), kind, Some(DENSE_SLOPE), dropout);
            inputs = outputs;
        }
        inputs
    }
}

/// The layers of a network of this architecture: the encoder's first, then the heads, the decoder's and the classifier's.
pub fn layers(architecture: &Architecture) -> Vec<Layer> {
    table(
        architecture.encoder,
        architecture.decoder,
        architecture.hidden_dims.len(),
        architecture.shape(),
    )
    .into_iter()
    .map(|layer| Layer {
        kind: match layer.kind {
            Kind::Dense { inputs, outputs } => Kind::Dense {
                inputs: inputs.of(architecture),
                outputs: outputs.of(architecture),
            },
            Kind::Conv { window, features } => Kind::Conv { window, features },
            Kind::ConvTranspose { window, features } => Kind::ConvTranspose { window, features },
        },
        path: layer.path,
        part: layer.part,
        slope: layer.slope,
        dropout: layer.dropout,
    })
    .collect()
}

/// The parameters of all layers, in the order of [`layers`].
pub(crate) fn parameters(architecture: &Architecture) -> Vec<Parameter> {
    let layers = layers(architecture);
    layers.iter().flat_map(Layer::parameters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classes::ClassCount;

    #[test]
    fn every_layer_takes_what_the_one_before_it_gives() {
        use NetworkKind::{Conv, Dense};
        for (encoder, decoder) in [(Dense, Dense), (Conv, Conv), (Conv, Dense), (Dense, Conv)] {
            for (hidden_dims, classes, [height, width, channels]) in [
                (vec![], 3, [28, 28, 1]),
                (vec![5], 11, [8, 4, 3]),
                (vec![40, 30, 20], 256, [32, 12, 1]),
            ] {
                let image = [height, width * channels];
                let architecture = Architecture {
                    encoder,
                    decoder,
                    hidden_dims,
                    latent_dim: 3,
                    image,
                    channels,
                    classes: ClassCount::new(classes).unwrap(),
                };
                let layers = layers(&architecture);
                let of = |part| layers.iter().filter(move |layer| layer.part == part);
                let through = |part, from| {
                    of(part).fold(from, |width, layer| {
                        assert_eq!(layer.kind.inputs(), width, "{}", layer.path);
                        layer.kind.outputs()
                    })
                };
                let features = through(Part::Encoder, image[0] * image[1]);
                assert_eq!(of(Part::Heads).count(), 2);
                for head in of(Part::Heads) {
                    assert_eq!((head.kind.inputs(), head.kind.outputs()), (features, 3));
                }
                assert_eq!(through(Part::Decoder, 3), image[0] * image[1]);
                assert_eq!(through(Part::Classifier, 3), classes);
            }
        }
    }

    #[test]
    fn windows_are_padded_as_same_pads_them() {
        let [two, one] = [2, 1].map(|stride| Window::same([14, 14], 1, stride));
        assert_eq!((two.grid, two.before, two.after()), ([7, 7], 0, [1, 1]));
        assert_eq!((one.grid, one.before, one.after()), ([14, 14], 1, [1, 1]));
    }
}
