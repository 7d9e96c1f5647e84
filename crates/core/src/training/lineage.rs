//! How a model became what it is: the epochs of all runs that led to its weights.

use super::history::EpochMetrics;
use super::record::RunRecord;

/// The epochs that led to the weights with this digest, the first one first, through all `runs` on record, the oldest first;
/// those before the first run on record, or after which another program has changed the weights, are not known.
pub fn history<R: AsRef<RunRecord>>(runs: &[R], state: &str) -> Vec<EpochMetrics> {
    let mut parts: Vec<&[EpochMetrics]> = Vec::new();
    let (mut state, mut before) = (state, runs);
    while !state.is_empty() {
        let ending = before.iter().enumerate().rev().find_map(|(place, run)| {
            let run = run.as_ref();
            let epoch = run.states.iter().rposition(|reached| reached == state)?;
            Some((place, run, epoch))
        });
        let Some((place, run, epoch)) = ending else {
            break;
        };
        parts.push(run.epochs.get(..=epoch).unwrap_or(&run.epochs));
        state = &run.began_with;
        before = &before[..place];
    }
    parts.reverse();
    parts.concat()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::examples::record;
    use crate::model::objective::Losses;

    fn run(began_with: &str, states: &[&str]) -> Arc<RunRecord> {
        let epochs = (1..=states.len()).map(|epoch| EpochMetrics {
            epoch,
            of: states.len(),
            train: Losses::default(),
            validation: Losses::default(),
            seconds: states[epoch - 1].bytes().map(f64::from).sum(),
            best: true,
        });
        Arc::new(RunRecord {
            began_with: began_with.into(),
            epochs: epochs.collect(),
            states: states.iter().map(|state| state.to_string()).collect(),
            ..record()
        })
    }

    fn told(runs: &[Arc<RunRecord>], state: &str) -> Vec<f64> {
        history(runs, state).iter().map(|row| row.seconds).collect()
    }

    #[test]
    fn it_leads_through_the_runs_of_one_model() {
        let runs = [
            run("0", &["a", "b", "c"]),
            run("x", &["y"]),
            run("b", &["d", "e"]),
        ];
        let [a, b, c, d, e, y] = [97.0, 98.0, 99.0, 100.0, 101.0, 121.0];
        assert_eq!(told(&runs, "c"), [a, b, c]);
        assert_eq!(told(&runs, "e"), [a, b, d, e], "it went on from the best epoch");
        assert_eq!(told(&runs, "d"), [a, b, d]);
        assert_eq!(told(&runs, "y"), [y], "another model");
        assert_eq!(told(&runs, "0"), [0.0; 0], "nothing has been learnt");
        assert_eq!(told(&runs, ""), [0.0; 0]);
    }

    #[test]
    fn a_run_that_changed_nothing_ends() {
        assert_eq!(told(&[run("a", &["a", "a"])], "a").len(), 2);
    }
}
