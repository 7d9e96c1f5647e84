//! `--screenshot`: the whole window, drawn off-screen, as a PNG; then the program ends.

use bevy::app::AppExit;
use bevy::asset::RenderAssetUsages;
use bevy::camera::RenderTarget;
use bevy::image::Image;
use bevy::prelude::*;
use bevy::render::render_resource::{Extent3d, TextureDimension, TextureFormat, TextureUsages};
use bevy::render::view::screenshot::{Screenshot, ScreenshotCaptured};
use png::ColorType;

use crate::bridge::{After, LoadedDataset, OnScreen, ProblemCards, Start};
use crate::console;
use ssvae_core::outputs::kinds::PICTURE;
use ssvae_core::outputs::write_png;

/// The picture that all cameras draw to, in place of a window.
#[derive(Resource, Clone)]
pub struct Picture(pub Handle<Image>);

pub struct ScreenshotPlugin;

impl Plugin for ScreenshotPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Last, (take, give_up));
    }
}

/// An image of this size to draw to.
pub fn picture([width, height]: [u32; 2]) -> Image {
    let size = Extent3d {
        width,
        height,
        depth_or_array_layers: 1,
    };
    let mut image = Image::new_fill(
        size,
        TextureDimension::D2,
        &[0, 0, 0, 255],
        TextureFormat::Rgba8UnormSrgb,
        RenderAssetUsages::default(),
    );
    image.texture_descriptor.usage =
        TextureUsages::RENDER_ATTACHMENT | TextureUsages::COPY_SRC | TextureUsages::TEXTURE_BINDING;
    image
}

impl Picture {
    pub fn target(&self) -> RenderTarget {
        RenderTarget::Image(self.0.clone().into())
    }
}

fn take(
    mut commands: Commands,
    start: Res<Start>,
    picture: Res<Picture>,
    shown: Res<OnScreen>,
    mut taken: Local<bool>,
) {
    let now = match start.options.after {
        Some(After::Seconds(seconds)) => start.at.elapsed().as_secs_f64() >= seconds,
        Some(After::Ready | After::Latent) | None => shown.version > 0,
    };
    if now && !*taken {
        *taken = true;
        commands.spawn(Screenshot::image(picture.0.clone())).observe(save);
    }
}

fn save(captured: On<ScreenshotCaptured>, start: Res<Start>, mut exit: MessageWriter<AppExit>) {
    let Some(path) = &start.options.screenshot else {
        return;
    };
    let saved = captured
        .image
        .clone()
        .try_into_dynamic()
        .map_err(|error| error.to_string())
        .and_then(|image| {
            let image = image.to_rgb8();
            write_png(
                path,
                &PICTURE,
                &image,
                image.dimensions().into(),
                ColorType::Rgb,
                |_| Ok(()),
            )
            .map_err(|error| error.to_string())
        });
    exit.write(match saved {
        Ok(()) => AppExit::Success,
        Err(problem) => {
            console::warn(format_args!("ssvae: no screenshot: {problem}"));
            AppExit::from_code(2)
        }
    });
}

/// Without images there will be no cloud to wait for.
fn give_up(
    start: Res<Start>,
    (dataset, problems): (Res<LoadedDataset>, Res<ProblemCards>),
    mut exit: MessageWriter<AppExit>,
) {
    let waits = !matches!(start.options.after, Some(After::Seconds(_)));
    if let (true, None, Some(problem)) = (waits, &dataset.dataset, problems.cards().first()) {
        console::warn(format_args!("ssvae: {}", problem.text()));
        exit.write(AppExit::from_code(2));
    }
}
