//! Every configuration, both directions: predictions, objective, further training, bytes.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use ssvae_core::checkpoint::{self, Checkpoint, OptimizerLayout};
use ssvae_core::classes::ClassCount;
use ssvae_core::dataset::{Dataset, Split};
use ssvae_core::files::Kind;
use ssvae_core::model::config::{Architecture, NetworkKind, TrainingConfig};
use ssvae_core::model::objective::Losses;
use ssvae_core::model::parameters::Parameters;
use ssvae_core::outputs::npz::NpzWriter;
use ssvae_core::training::backend::{Backend, engine};
use ssvae_core::training::engine::{Batch, Engine};
use ssvae_core::training::epoch::{self, Control};
use ssvae_core::training::heartbeat::Heartbeat;
use ssvae_core::training::history::EpochMetrics;
use ssvae_core::training::run::{BatchPosition, Observer, Task, run};
use ssvae_core::training::snapshot::{LatentSnapshot, empty_snapshot};
use ssvae_core::training::split::split;
use ssvae_core::training::targets::Targets;
use ssvae_core::worker::fresh;
use ssvae_test_support::{Outcome, checkout, largest_difference, read_npz};

use crate::python;

/// Samples that take part: five batches of 256 and a short one.
const SAMPLES: usize = 1300;
/// The first of them, which a resumed run takes in ten batches.
const RESUMED: usize = 1280;

#[derive(Deserialize)]
struct Configuration {
    name: String,
    encoder: NetworkKind,
    decoder: NetworkKind,
    hidden_dims: Vec<usize>,
    latent_dim: usize,
    #[serde(default)]
    classes: ClassCount,
    /// Height, width and channels.
    #[serde(default = "digit")]
    image: [usize; 3],
    grad_clip_norm: Option<f32>,
    weight_decay: f32,
}

/// The shape of MNIST's images.
fn digit() -> [usize; 3] {
    [28, 28, 1]
}

impl Configuration {
    fn all() -> Result<Vec<Self>, Box<dyn std::error::Error>> {
        let text = std::fs::read_to_string(checkout().join("tests/interop/configurations.json"))?;
        Ok(serde_json::from_str(&text)?)
    }

    fn architecture(&self) -> Architecture {
        let [height, width, channels] = self.image;
        Architecture {
            image: [height, width * channels],
            channels,
            encoder: self.encoder,
            decoder: self.decoder,
            hidden_dims: self.hidden_dims.clone(),
            latent_dim: self.latent_dim,
            classes: self.classes,
        }
    }

    /// Whether any of it is convolutional.
    fn is_conv(&self) -> bool {
        self.encoder == NetworkKind::Conv || self.decoder == NetworkKind::Conv
    }

    /// Epochs and batch size before a run is resumed: enough steps that every sample has left its trace in the moments.
    /// Where a leaky ReLU is at its kink rounding decides, and Adam blows that up for a weight that has hardly had a
    /// gradient; Flax then differs from itself by as much when its weights are changed by 1e-7.
    fn beforehand(&self) -> (usize, usize) {
        if self.is_conv() { (2, 16) } else { (3, 64) }
    }

    /// Steps that [`Self::beforehand`] makes.
    fn steps(&self) -> i64 {
        let (epochs, size) = self.beforehand();
        (epochs * SAMPLES.div_ceil(size)) as i64
    }

    fn training(&self) -> TrainingConfig {
        TrainingConfig {
            grad_clip_norm: self.grad_clip_norm,
            weight_decay: self.weight_decay,
            ..TrainingConfig::reference()
        }
    }
}

/// The images that both sides work on, the labels of some of them and the true classes of all.
pub struct Data {
    pub serials: Vec<u32>,
    pub labels: Vec<Option<u8>>,
    truth: Vec<Option<u8>>,
    classes: ClassCount,
    pub dataset: Arc<Dataset>,
}

impl Data {
    pub fn write(folder: &Path) -> Result<Self, Box<dyn std::error::Error>> {
        let mnist = Dataset::open(&checkout().join("data/mnist"), Split::Train)?;
        let serials: Vec<u32> = (0..SAMPLES as u32).collect();
        let raw = serials.iter().filter_map(|&serial| mnist.image(serial)).flatten();
        let dataset = Dataset::from_images(raw.copied().collect(), digit(), None);
        let truth: Vec<Option<u8>> = serials.iter().map(|&serial| mnist.true_label(serial)).collect();
        // The second and every fourth batch after it are without labels.
        let labelled = |serial: usize| serial.is_multiple_of(7) && serial / 256 % 4 != 1;
        let labels: Vec<Option<u8>> = (0..SAMPLES).map(|i| truth[i].filter(|_| labelled(i))).collect();
        let mut file = NpzWriter::create(&folder.join("data.npz"), &Kind::NEW)?;
        let mut images = Vec::new();
        dataset.scaled_into(&serials, &mut images);
        file.f32_chunks("images", &[SAMPLES, dataset.pixels()], [&images])?;
        let shapes = Configuration::all()?.into_iter().map(|it| it.image);
        for shape in BTreeSet::from_iter(shapes.filter(|shape| *shape != digit())) {
            let dataset = drawn(&dataset, shape);
            images.clear();
            dataset.scaled_into(&serials, &mut images);
            let [height, width, channels] = shape;
            let name = format!("images_{height}x{width}x{channels}");
            file.f32_chunks(&name, &[SAMPLES, dataset.pixels()], [&images])?;
        }
        for (name, classes) in [("labels", &labels), ("truth", &truth)] {
            let numbers: Vec<i32> = classes.iter().map(|class| class.map_or(-1, i32::from)).collect();
            file.i32_chunks(name, &[SAMPLES], [&numbers])?;
        }
        file.finish()?;
        Ok(Self {
            serials,
            labels,
            truth,
            classes: ClassCount::default(),
            dataset: Arc::new(dataset),
        })
    }

    /// The same with images of the configuration's shape, and the digits' labels spread over its classes.
    fn of(&self, configuration: &Configuration) -> Self {
        let classes = configuration.classes;
        let spread = |digit: u8| (usize::from(digit) * (classes.get() - 1) / 9) as u8;
        let spread = |labels: &[Option<u8>]| labels.iter().map(|label| label.map(spread)).collect();
        Self {
            serials: self.serials.clone(),
            labels: spread(&self.labels),
            truth: spread(&self.truth),
            classes,
            dataset: Arc::new(drawn(&self.dataset, configuration.image)),
        }
    }

    /// A model on the CPU that works on these samples.
    pub fn engine(&self, architecture: Architecture, state: &Checkpoint) -> Box<dyn Engine> {
        engine(
            &Backend::Cpu,
            architecture,
            state,
            &self.dataset,
            &Heartbeat::default(),
        )
    }

    pub fn targets(&self) -> Targets {
        Targets::labels(self.labels.clone(), self.classes)
    }
}

/// The digits in the middle of images of this shape; each further channel has the digit a hundred samples on. Around them the
/// pixels are random: where all are alike, whole layers come to the kink of their leaky ReLU together.
fn drawn(digits: &Dataset, shape: [usize; 3]) -> Dataset {
    let [height, width, channels] = shape;
    let [rows, columns, _] = digits.shape();
    let (above, left) = ((height - rows) / 2, (width - columns) / 2);
    let length = SAMPLES * height * width * channels;
    let number = |at: usize| ((at as u32).wrapping_mul(2_654_435_761) >> 24) as u8;
    let mut images: Vec<u8> = (0..length).map(number).collect();
    for (serial, image) in images.chunks_exact_mut(height * width * channels).enumerate() {
        for channel in 0..channels {
            let digit = digits.image(((serial + 100 * channel) % SAMPLES) as u32);
            for (at, &value) in digit.unwrap_or_default().iter().enumerate() {
                let pixel = (above + at / columns) * width + left + at % columns;
                image[pixel * channels + channel] = value;
            }
        }
    }
    Dataset::from_images(images, shape, None)
}

/// The losses that Python has, in its order.
fn flat(losses: Losses) -> [f32; 4] {
    [
        losses.total,
        losses.reconstruction,
        losses.kl,
        losses.classification,
    ]
}

/// What `model.losses` in Python gives: parts on 256 samples with no, some and all labels, and an epoch's evaluation.
fn losses(engine: &dyn Engine, data: &Data, config: &TrainingConfig) -> ([f32; 12], [f32; 4]) {
    let mut parts = [0.0; 12];
    let labels = [&[None; 256], &data.labels[..256], &data.truth[..256]];
    for (row, labels) in parts.as_chunks_mut::<4>().0.iter_mut().zip(labels) {
        let serials = &data.serials[..256];
        let targets = &Targets::labels(labels.to_vec(), data.classes).rows(serials);
        *row = flat(engine.evaluate_each(&[Batch { serials, targets }], config)[0].0);
    }
    let mut snapshot = empty_snapshot(SAMPLES, engine.architecture().latent_dim);
    let whole = epoch::evaluate(engine, &data.targets(), &data.serials, config, &mut snapshot);
    (parts, flat(whole))
}

/// Ten further steps without sampling and dropout.
fn resume(engine: &mut dyn Engine, data: &Data, config: &TrainingConfig) {
    let targets = data.targets();
    for serials in data.serials[..RESUMED].chunks(128) {
        let targets = &targets.rows(serials);
        engine.train_step(Batch { serials, targets }, None, config);
    }
}

/// Of a run in which none of the samples that are resumed on validates: one that has left no trace in the moments makes
/// Adam's step as large for a gradient of nearly nothing as for any other, whatever sign rounding gives it.
fn seed() -> u64 {
    let resumed = |&seed: &u64| {
        split(SAMPLES, 0.0, seed)
            .validation
            .iter()
            .all(|&serial| serial as usize >= RESUMED)
    };
    (42..).find(resumed).unwrap_or_default()
}

fn state_of(engine: &dyn Engine) -> Checkpoint {
    let mut state = Checkpoint::new(engine.parameters());
    state.moments = Some(engine.moments());
    state.step = engine.step();
    state
}

fn relative(ours: &[f32], theirs: &[f32]) -> f32 {
    let pairs = ours.iter().zip(theirs);
    pairs.fold(0.0, |largest, (a, b)| {
        largest.max((a - b).abs() / b.abs().max(1e-30))
    })
}

fn apart(a: &Parameters, b: &Parameters) -> f32 {
    assert!(a.0.keys().eq(b.0.keys()), "other parameters");
    let pairs = a.0.values().zip(b.0.values());
    pairs.fold(0.0, |largest, (a, b)| {
        largest.max(largest_difference(&a.data, &b.data))
    })
}

#[test]
fn their_files_here() -> Outcome {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let data = Data::write(folder)?;
    python::run("theirs.py", &[folder.as_os_str()])?;
    let mut worst = [0.0_f32; 6];
    for configuration in Configuration::all()? {
        let name = &configuration.name;
        let data = data.of(&configuration);
        let config = configuration.training();
        for ending in ["_fresh", "", "_resumed"] {
            let path = folder.join(format!("{name}{ending}.ckpt"));
            let state = checkpoint::load(&path)?;
            let layout = OptimizerLayout::of(&config);
            assert_eq!(state.layout(), Some(layout), "{name}{ending}");
            let same = checkpoint::encode(&state, layout) == std::fs::read(&path)?;
            assert!(same, "{name}{ending} is not written back as it was read");
        }
        let state = checkpoint::load(&folder.join(format!("{name}.ckpt")))?;
        let architecture = checkpoint::architecture(&state.params)?;
        checkpoint::check(&state, &architecture)?;
        assert!(
            !configuration.is_conv() || architecture.shape() == configuration.image,
            "{name}"
        );
        assert_eq!(architecture.latent_dim, configuration.latent_dim);
        assert_eq!(architecture.classes, configuration.classes);
        assert_eq!(state.step, configuration.steps());

        let mut engine = data.engine(architecture, &state);
        let serials = &data.serials[..256];
        let predictions = engine.predict_each(&[serials]).remove(0);
        let expected =
            |array: &str| read_npz(&folder.join(format!("{name}.npz")), array).map(|(_, data)| data);
        let classes: Vec<f32> = predictions.classes.iter().map(|&class| class.into()).collect();
        assert_eq!(classes, expected("pred_classes")?, "{name}");
        let (parts, whole) = losses(engine.as_ref(), &data, &config);
        resume(engine.as_mut(), &data, &config);
        let theirs = checkpoint::load(&folder.join(format!("{name}_resumed.ckpt")))?;
        assert_eq!(engine.step(), theirs.step, "{name}");
        assert_eq!(i64::from(engine.moments().count), theirs.step, "{name}");

        let differences = [
            largest_difference(&predictions.latents, &expected("latent")?),
            largest_difference(
                &engine_reconstruction(&state, &data, serials)?,
                &expected("reconstruted")?,
            ),
            largest_difference(&predictions.certainty, &expected("pred_certainty")?),
            apart(&engine.parameters(), &theirs.params),
            relative(&parts, &expected("parts")?),
            relative(&whole, &expected("epoch")?),
        ];
        println!("{name}: latent, reconstruction, certainty, resumed, parts, epoch: {differences:?}");
        for (worst, difference) in worst.iter_mut().zip(differences) {
            *worst = worst.max(difference);
        }
    }
    println!("largest: {worst:?}");
    assert!(
        worst[..4].iter().all(|&difference| difference < 1e-4),
        "{worst:?}"
    );
    assert!(
        worst[4..].iter().all(|&difference| difference < 1e-5),
        "{worst:?}"
    );
    Ok(())
}

fn engine_reconstruction(
    state: &Checkpoint,
    data: &Data,
    serials: &[u32],
) -> Result<Vec<f32>, Box<dyn std::error::Error>> {
    let architecture = checkpoint::architecture(&state.params)?;
    Ok(data.engine(architecture, state).reconstruct(serials))
}

/// Lets a run go on to its end.
struct Bystander;

impl Observer for Bystander {
    fn batch(&mut self, _engine: &dyn Engine, _at: BatchPosition) -> Control {
        Control::Continue
    }

    fn epoch(&mut self, _metrics: &EpochMetrics, _snapshot: Arc<LatentSnapshot>, _state: &Checkpoint) {}

    fn save_best(&mut self, _state: &Checkpoint, _metrics: &EpochMetrics) {}
}

#[test]
fn our_files_there() -> Outcome {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let data = Data::write(folder)?;
    for configuration in Configuration::all()? {
        let path = |ending: &str| folder.join(format!("{}{ending}", configuration.name));
        let data = data.of(&configuration);
        let (max_epochs, batch_size) = configuration.beforehand();
        let config = TrainingConfig {
            batch_size,
            max_epochs,
            val_split: 0.0,
            seed: seed(),
            ..configuration.training()
        };
        let layout = OptimizerLayout::of(&config);
        let mut state = fresh(&configuration.architecture(), 42);
        checkpoint::save(&path("_ours_fresh.ckpt"), &state, layout)?;
        let mut trained = data.engine(configuration.architecture(), &state);
        let task = Task {
            dataset: &data.dataset,
            targets: &data.targets(),
            config: &config,
        };
        run(trained.as_mut(), task, &mut state, &mut Bystander);
        checkpoint::save(&path("_ours.ckpt"), &state, layout)?;

        let serials = &data.serials[..256];
        let predictions = trained.predict_each(&[serials]).remove(0);
        let classes: Vec<i32> = predictions.classes.iter().map(|&class| class.into()).collect();
        let (parts, whole) = losses(trained.as_ref(), &data, &configuration.training());
        let mut file = NpzWriter::create(&path("_ours.npz"), &Kind::NEW)?;
        file.f32_chunks("latent", &[256, configuration.latent_dim], [&predictions.latents])?;
        file.f32_chunks(
            "reconstruted",
            &[256, data.dataset.pixels()],
            [trained.reconstruct(serials)],
        )?;
        file.f32_chunks("pred_certainty", &[256], [&predictions.certainty])?;
        file.i32_chunks("pred_classes", &[256], [&classes])?;
        file.f32_chunks("parts", &[3, 4], [&parts])?;
        file.f32_chunks("epoch", &[4], [&whole])?;
        file.finish()?;

        resume(trained.as_mut(), &data, &config);
        checkpoint::save(&path("_ours_resumed.ckpt"), &state_of(trained.as_ref()), layout)?;
    }
    python::run("ours.py", &[folder.as_os_str()])
}
