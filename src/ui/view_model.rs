//! Everything that the panels show: borrowed views that the app puts together for each frame.

use super::canvas::choosing::ChoosingView;
use super::canvas::hover::HoveredView;
use super::canvas::probe::ProbeView;
use super::canvas::sample_images::ImageOnPoint;
use super::canvas::toasts::NoticesView;
use super::dialogs::closing::AtClose;
use super::opening::OpeningView;
use super::panels::left_column::LeftView;
use super::panels::right_column::RightView;
use super::panels::training::TrainingView;
use super::sample_view::SamplesView;
use super::widgets::jobs::JobView;

/// The views of all panels, as the layout arranges them.
#[derive(Clone)]
pub struct ViewModel<'a> {
    pub samples: SamplesView<'a>,
    pub left: LeftView<'a>,
    pub right: RightView<'a>,
    pub training: TrainingView<'a>,
    pub canvas: CanvasView<'a>,
    pub notices: NoticesView<'a>,
    pub questions: QuestionsView,
    /// The window's title.
    pub title: String,
    pub opening: OpeningView<'a>,
    /// What there is to wait for before there is a cloud; `None` once it is there.
    pub loading: Option<JobView>,
}

/// What is drawn over the cloud.
#[derive(Clone, Debug)]
pub struct CanvasView<'a> {
    pub choosing: ChoosingView,
    /// The sample under the cursor.
    pub hovered: Option<HoveredView<'a>>,
    /// Images that are drawn over their points.
    pub images: Vec<ImageOnPoint>,
    pub probe: ProbeView<'a>,
}

/// What waits for an answer.
#[derive(Clone, Debug, Default)]
pub struct QuestionsView {
    /// Why it is asked whether the window is to close.
    pub closing: Option<AtClose>,
    /// What would be opened in place of what is shown, in words.
    pub opening: Option<String>,
    /// What would be lost or ended by that.
    pub loses: Option<AtClose>,
}
