//! What the window system and the operating system ask for.

pub mod accessibility;
#[cfg(target_os = "linux")]
pub mod display;
pub mod egui_time;
pub mod file_drop;
pub mod fit_screen;
pub mod fonts;
pub mod frame_pacing;
pub mod graphics;
pub mod input_queue;
pub mod keyboard;
pub mod redraw;
pub mod screenshot;
pub mod session_file;
pub mod shutdown;
#[cfg(target_os = "linux")]
pub mod x11_wakeup;
