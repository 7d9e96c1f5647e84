//! The order of systems across files.

use bevy::prelude::*;

/// Hands input on, in `First`.
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
pub struct InputReplaySystems;

/// Follows the events of the worker, in `PreUpdate`.
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
pub struct WorkerEventSystems;

/// Keys become intents, in `Update`.
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyPressSystems;

/// Intents become requests, in `Update`.
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
pub struct IntentSystems;

/// Carries label requests out, in `Update`.
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
pub struct LabelSystems;

/// Goes through the queue when all that was asked for is done, in `Update`.
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
pub struct QueueSystems;

/// Finds where the points of the compared states are shown, in `Update`.
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
pub struct ComparisonSystems;

/// Writes what all others have logged in this frame, in `Last`.
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
pub struct EventLogSystems;
