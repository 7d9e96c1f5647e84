//! An engine that fails on purpose, for the tests of what a failure leaves alive (`--inject-fault`).

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use crate::model::config::{Architecture, TrainingConfig};
use crate::model::objective::Losses;
use crate::model::parameters::{Moments, Parameters};

use super::engine::{Batch, BatchNoise, Engine, Predictions};

/// What goes wrong, once per process, in the training step of this number counted by the engine.
#[derive(Clone, Debug)]
pub struct Fault {
    kind: FaultKind,
    step: u64,
    over: Arc<AtomicBool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FaultKind {
    Panic,
    Hang,
}

impl Fault {
    /// The engine, bound to fail unless another one has already.
    pub(crate) fn inject(&self, engine: Box<dyn Engine>) -> Box<dyn Engine> {
        Box::new(FaultyEngine {
            engine,
            fault: self.clone(),
            steps: 0,
        })
    }

    #[expect(clippy::panic, reason = "it is asked for")]
    fn strike(&self) {
        if self.over.swap(true, Relaxed) {
            return;
        }
        match self.kind {
            FaultKind::Panic => panic!("a panic was asked for by --inject-fault"),
            FaultKind::Hang => loop {
                std::thread::sleep(Duration::from_secs(3600));
            },
        }
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parse = || {
            let (kind, step) = text.split_once('@')?;
            let kind = match kind {
                "panic" => FaultKind::Panic,
                "hang" => FaultKind::Hang,
                _ => return None,
            };
            Some((kind, step.parse().ok()?))
        };
        let (kind, step) = parse().ok_or("expected panic@STEP or hang@STEP, such as hang@100")?;
        Ok(Self {
            kind,
            step,
            over: Arc::default(),
        })
    }
}

struct FaultyEngine {
    engine: Box<dyn Engine>,
    fault: Fault,
    steps: u64,
}

impl Engine for FaultyEngine {
    fn architecture(&self) -> &Architecture {
        self.engine.architecture()
    }

    fn train_step(&mut self, batch: Batch, noise: Option<BatchNoise>, config: &TrainingConfig) -> bool {
        self.steps += 1;
        if self.steps >= self.fault.step {
            self.fault.strike();
        }
        self.engine.train_step(batch, noise, config)
    }

    fn diverged(&self) -> Option<i64> {
        self.engine.diverged()
    }

    fn evaluate_each(&self, batches: &[Batch], config: &TrainingConfig) -> Vec<(Losses, Predictions)> {
        self.engine.evaluate_each(batches, config)
    }

    fn predict_each(&self, batches: &[&[u32]]) -> Vec<Predictions> {
        self.engine.predict_each(batches)
    }

    fn reconstruct(&self, serials: &[u32]) -> Vec<f32> {
        self.engine.reconstruct(serials)
    }

    fn decode(&self, latents: &[f32]) -> Vec<f32> {
        self.engine.decode(latents)
    }

    fn parameters(&self) -> Parameters {
        self.engine.parameters()
    }

    fn moments(&self) -> Moments {
        self.engine.moments()
    }

    fn step(&self) -> i64 {
        self.engine.step()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_named_with_its_step() {
        let fault: Fault = "hang@100".parse().unwrap();
        assert_eq!((fault.kind, fault.step), (FaultKind::Hang, 100));
        for text in ["hang", "hang@", "crash@1", "panic@-1", ""] {
            assert!(text.parse::<Fault>().is_err(), "{text}");
        }
    }
}
