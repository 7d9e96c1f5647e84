// What all shaders of the cloud know of it. The others are compiled with this before them.

struct Cloud {
    clip_from_world: mat4x4<f32>,
    // Radii of plain, labelled, hovered and selected points. Pixels are physical here.
    radii: vec4<f32>,
    // sRGB.
    background: vec4<f32>,
    // Of outlines and rings, and what sets a ring off; linear.
    ink: vec4<f32>,
    paper: vec4<f32>,
    // Size of the canvas.
    canvas: vec2<f32>,
    // Its top left in the picture.
    origin: vec2<f32>,
    // Least and greatest factor of perspective on a radius.
    perspective: vec2<f32>,
    // Share of the way from departure to target that is done.
    progress: f32,
    // Clip-space w of the camera's focus, 1 for an orthographic camera.
    focus_depth: f32,
    outline: f32,
    // Coverage up to which a pixel is left alone; high where depth is written, which knows no half-covered pixels.
    edge: f32,
    // Numbers per position: 2 or 3.
    axes: u32,
    // Where in the attributes the byte lies that the colour is looked up with: the word, and in it so many bits.
    word: u32,
    shift: u32,
    // Where in the palette it is looked up.
    palette_start: u32,
    // Serials, or NO_SERIAL.
    hovered: u32,
    selected: u32,
    // Number of points.
    count: u32,
    // One run of plain points in so many is drawn, and stands for all of them.
    stride: u32,
    // Width of the ring around chosen points, 0 without any.
    ring: f32,
    // Pixels around the canvas in which a disc may lie that reaches into it.
    margin: u32,
    // Whether any point has a flag.
    flagged: u32,
    // Whether labelled points have the shape of their label.
    shapes: u32,
    // Whether there are so many labelled points that they are drawn as plain ones.
    labels_plain: u32,
}

// Not a uniform: lavapipe compiles a shader anew for the values of uniforms that its branches depend on.
@group(0) @binding(0) var<storage, read> cloud: Cloud;
@group(0) @binding(1) var<storage, read> target_x: array<f32>;
@group(0) @binding(2) var<storage, read> target_y: array<f32>;
@group(0) @binding(3) var<storage, read> target_z: array<f32>;
@group(0) @binding(4) var<storage, read> departure_x: array<f32>;
@group(0) @binding(5) var<storage, read> departure_y: array<f32>;
@group(0) @binding(6) var<storage, read> departure_z: array<f32>;
// One byte each, lowest first: user label, prediction, true label, certainty; after those of all points, for each: what the
// labels say, certainty of that, how much a label would help, what it has become.
@group(0) @binding(7) var<storage, read> attributes: array<u32>;
@group(0) @binding(8) var<storage, read> palette: array<vec4<f32>>;
// Four bits per point.
@group(0) @binding(9) var<storage, read> point_flags: array<u32>;

// Whether the points may be moving, and whether they have a third axis: lavapipe goes through all that is in a condition,
// met or not.
override MOVES: bool = true;
override DEEP: bool = true;

// Stands for no point where a serial is expected, and for no class where a class is.
const NO_SERIAL: u32 = 0xffffffffu;
const NO_CLASS: u32 = 255u;
// Stands for a class where the filter leaves a point out.
const CONTEXT_CLASS: u32 = 254u;
// Stands for a coordinate that is not finite: shader compilers may assume there are no NaNs.
const NOT_FINITE: f32 = 3.0e38;

// Where in the palette the same colours stand in sRGB.
const SRGB_TABLE: u32 = 512u;

// Flags: chosen; left out by the filter and drawn in grey; left out and not drawn.
const FLAG_CHOSEN: u32 = 1u;
const FLAG_CONTEXT: u32 = 2u;
const FLAG_HIDDEN: u32 = 4u;

// Points whose flags share a word.
const POINTS_PER_WORD: u32 = 8u;

fn flags(index: u32) -> u32 {
    if cloud.flagged == 0u {
        return 0u;
    }
    return (point_flags[index / POINTS_PER_WORD] >> (index % POINTS_PER_WORD * 4u)) & 15u;
}

fn is_chosen(index: u32) -> bool {
    return (flags(index) & FLAG_CHOSEN) != 0u;
}

fn user_label(index: u32) -> u32 {
    return attributes[index] & 255u;
}

// Colour of a point, linear or SRGB_TABLE, and how much of it covers.
fn color_of(index: u32, encoding: u32) -> vec4<f32> {
    let own = cloud.palette_start + ((attributes[cloud.word + index] >> cloud.shift) & 255u);
    return palette[encoding + select(own, CONTEXT_CLASS, (flags(index) & FLAG_CONTEXT) != 0u)];
}

// Where a point is displayed, in clip space; w = -1, behind every camera, where it is not.
fn place_of(index: u32) -> vec4<f32> {
    var at = vec3<f32>(target_x[index], target_y[index], 0.0);
    if DEEP && cloud.axes == 3u {
        at.z = target_z[index];
    }
    if max(abs(at.x), max(abs(at.y), abs(at.z))) >= NOT_FINITE {
        return vec4<f32>(0.0, 0.0, -1.0, -1.0);
    }
    if MOVES && cloud.progress < 1.0 {
        var start = vec3<f32>(departure_x[index], departure_y[index], 0.0);
        if DEEP && cloud.axes == 3u {
            start.z = departure_z[index];
        }
        at = start + (at - start) * cloud.progress;
    }
    return cloud.clip_from_world * vec4<f32>(at, 1.0);
}

// Factor of perspective on the radius of a point at clip-space w.
fn perspective(w: f32) -> f32 {
    return clamp(cloud.focus_depth / w, cloud.perspective.x, cloud.perspective.y);
}
