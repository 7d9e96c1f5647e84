// Points as round discs. No vertex buffers: three vertices are a point, the corners of a triangle around its disc, and
// all that is known of it is read from storage buffers. (Instances of so few vertices, and quads of two triangles,
// cost more: on a software rasterizer half as much again.) Pixels are physical here.

struct Cloud {
    clip_from_world: mat4x4<f32>,
    // Radii of plain, labelled, hovered and selected points.
    radii: vec4<f32>,
    // Size of the canvas.
    canvas: vec2<f32>,
    // Share of the way from departure to target that is done.
    progress: f32,
    // Clip-space w of the camera's focus, 1 for an orthographic camera.
    focus_depth: f32,
    // Least and greatest factor of perspective on a radius.
    perspective: vec2<f32>,
    outline: f32,
    // Coverage up to which a pixel is left alone; high where depth is written, which knows no half-covered pixels.
    edge: f32,
    // Numbers per position: 2 or 3.
    axes: u32,
    // Where in the attributes the byte lies that the colour is looked up with, in bits.
    shift: u32,
    // Where in the palette it is looked up.
    palette_start: u32,
    // Serials, or NOBODY.
    hovered: u32,
    selected: u32,
}

// Not a uniform: lavapipe compiles a shader anew for the values of uniforms that its branches depend on.
@group(0) @binding(0) var<storage, read> cloud: Cloud;
@group(0) @binding(1) var<storage, read> departures: array<f32>;
@group(0) @binding(2) var<storage, read> targets: array<f32>;
// One byte each, lowest first: user label, prediction, true label, certainty.
@group(0) @binding(3) var<storage, read> attributes: array<u32>;
@group(0) @binding(4) var<storage, read> palette: array<vec4<f32>>;
// Serials of the labelled points in drawing order.
@group(0) @binding(5) var<storage, read> labelled: array<u32>;
// Serials of the chosen points.
@group(0) @binding(6) var<storage, read> chosen: array<u32>;

const NOBODY: u32 = 0xffffffffu;
const NO_CLASS: u32 = 255u;
// Stands for a coordinate that is not finite: shader compilers may assume there are no NaNs.
const NOWHERE: f32 = 1.0e30;

// The triangle around the unit circle.
const CORNERS: array<vec2<f32>, 3> =
    array<vec2<f32>, 3>(vec2<f32>(0.0, 2.0), vec2<f32>(-1.7320508, -1.0), vec2<f32>(1.7320508, -1.0));

// What a disc wears beside its colour.
const PLAIN: u32 = 0u;
const OUTLINED: u32 = 1u;
const RINGED: u32 = 2u;
const CHOSEN: u32 = 3u;

// Where in the palette the same colours stand in sRGB. Plain and chosen points are drawn to a picture that stores what it
// is given: a software rasterizer would have to decode and encode every pixel for each of the discs that lie on it.
const ENCODED: u32 = 512u;

const LIGHT: vec3<f32> = vec3<f32>(0.92, 0.93, 0.95);
const LIGHT_ENCODED: vec3<f32> = vec3<f32>(0.963, 0.968, 0.978);
const DARK: vec3<f32> = vec3<f32>(0.006, 0.007, 0.009);

struct Disc {
    @builtin(position) position: vec4<f32>,
    // Pixels from the centre.
    @location(0) offset: vec2<f32>,
    @location(1) @interpolate(flat) color: vec4<f32>,
    @location(2) @interpolate(flat) radius: f32,
    @location(3) @interpolate(flat) dress: u32,
}

fn nothing() -> Disc {
    var disc: Disc;
    // Behind every camera: the quad is clipped away.
    disc.position = vec4<f32>(0.0, 0.0, -1.0, -1.0);
    return disc;
}

fn coordinates(index: u32) -> array<vec3<f32>, 2> {
    let at = index * cloud.axes;
    var start = vec3<f32>(departures[at], departures[at + 1u], 0.0);
    var end = vec3<f32>(targets[at], targets[at + 1u], 0.0);
    if cloud.axes == 3u {
        start.z = departures[at + 2u];
        end.z = targets[at + 2u];
    }
    return array<vec3<f32>, 2>(start, end);
}

fn disc(index: u32, corner: u32, wanted: f32, dress: u32) -> Disc {
    let way = coordinates(index);
    if max(abs(way[1].x), max(abs(way[1].y), abs(way[1].z))) > NOWHERE {
        return nothing();
    }
    let center = cloud.clip_from_world * vec4<f32>(way[0] + (way[1] - way[0]) * cloud.progress, 1.0);
    if center.w <= 0.0 {
        return nothing();
    }
    let radius = wanted * clamp(cloud.focus_depth / center.w, cloud.perspective.x, cloud.perspective.y);
    // Half a pixel more than the radius, for the soft edge.
    let offset = CORNERS[corner] * (radius + 0.5);
    let byte = (attributes[index] >> cloud.shift) & 255u;

    var disc: Disc;
    disc.position = center + vec4<f32>(offset / cloud.canvas * 2.0 * center.w, 0.0, 0.0);
    disc.offset = offset;
    disc.color = palette[cloud.palette_start + byte + select(0u, ENCODED, dress == PLAIN || dress == CHOSEN)];
    disc.radius = radius;
    disc.dress = dress;
    return disc;
}

fn user_label(index: u32) -> u32 {
    return attributes[index] & 255u;
}

@vertex
fn plain_vertex(@builtin(vertex_index) vertex: u32) -> Disc {
    let index = vertex / 3u;
    // Labelled points are drawn after these, on top.
    if user_label(index) != NO_CLASS {
        return nothing();
    }
    return disc(index, vertex % 3u, cloud.radii.x, PLAIN);
}

// A ring around the point, whatever else it wears.
@vertex
fn chosen_vertex(@builtin(vertex_index) vertex: u32) -> Disc {
    let index = chosen[vertex / 3u];
    let radius = select(cloud.radii.x, cloud.radii.y, user_label(index) != NO_CLASS);
    return disc(index, vertex % 3u, radius + cloud.outline, CHOSEN);
}

@vertex
fn labelled_vertex(@builtin(vertex_index) vertex: u32) -> Disc {
    return disc(labelled[vertex / 3u], vertex % 3u, cloud.radii.y, OUTLINED);
}

@vertex
fn marked_vertex(@builtin(vertex_index) vertex: u32) -> Disc {
    let which = vertex / 3u;
    let corner = vertex % 3u;
    if which == 0u {
        if cloud.hovered == NOBODY || cloud.hovered == cloud.selected {
            return nothing();
        }
        return disc(cloud.hovered, corner, cloud.radii.z, OUTLINED);
    }
    if cloud.selected == NOBODY {
        return nothing();
    }
    return disc(cloud.selected, corner, cloud.radii.w, RINGED);
}

// Share of the pixel that lies within `radius`.
fn cover(distance: f32, radius: f32) -> f32 {
    return clamp(radius - distance + 0.5, 0.0, 1.0);
}

@fragment
fn plain_fragment(disc: Disc) -> @location(0) vec4<f32> {
    let alpha = cover(length(disc.offset), disc.radius);
    if alpha <= cloud.edge {
        discard;
    }
    return vec4<f32>(disc.color.rgb, 1.0) * (alpha * select(disc.color.a, 1.0, cloud.axes == 3u));
}

@fragment
fn dressed_fragment(disc: Disc) -> @location(0) vec4<f32> {
    let distance = length(disc.offset);
    let alpha = cover(distance, disc.radius);
    if alpha <= cloud.edge {
        discard;
    }
    var color = select(LIGHT, LIGHT_ENCODED, disc.dress == CHOSEN);
    var inner = disc.radius - cloud.outline;
    if disc.dress == RINGED {
        // A light ring, a dark one within it, then the disc.
        inner = disc.radius - 1.6 * cloud.outline;
        color = mix(color, DARK, cover(distance, inner));
        inner -= 1.6 * cloud.outline;
    }
    color = mix(color, disc.color.rgb, cover(distance, inner));
    return vec4<f32>(color, 1.0) * alpha;
}
