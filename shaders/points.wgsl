// Points on top of the plain ones: labelled, hovered, selected. No vertex buffers: three vertices are a point, the
// corners of a triangle around its disc, and all that is known of it is read from storage buffers. (Instances of so few
// vertices, and quads of two triangles, cost more: on a software rasterizer half as much again.)

// Serials of the labelled points in drawing order.
@group(0) @binding(10) var<storage, read> labelled: array<u32>;

// The triangle around the unit circle.
const CORNERS: array<vec2<f32>, 3> =
    array<vec2<f32>, 3>(vec2<f32>(0.0, 2.0), vec2<f32>(-1.7320508, -1.0), vec2<f32>(1.7320508, -1.0));

// What is drawn around the colour of a disc.
const STYLE_OUTLINED: u32 = 0u;
const STYLE_SELECTED: u32 = 1u;
const STYLE_CHOSEN: u32 = 2u;

struct Disc {
    @builtin(position) position: vec4<f32>,
    // Pixels from the centre.
    @location(0) offset: vec2<f32>,
    @location(1) @interpolate(flat) color: vec4<f32>,
    @location(2) @interpolate(flat) radius: f32,
    @location(3) @interpolate(flat) style: u32,
    @location(4) @interpolate(flat) shape: u32,
}

// Shapes of labels: those that are five apart have the same one, and colours that are far from each other.
const SHAPES: u32 = 5u;
// How much farther than a disc a shape of the same size reaches at most.
const CORNER_REACH: f32 = 1.45;

// How far from its middle a point of a shape lies, in radii of a disc of about its size.
fn reach(offset: vec2<f32>, shape: u32) -> f32 {
    let away = abs(offset);
    switch shape {
        case 1u: { return max(away.x, away.y) * 1.15; }
        case 2u: { return (away.x + away.y) * 0.8; }
        case 3u: { return max(-offset.y, 0.866 * away.x + 0.5 * offset.y) * 1.4; }
        case 4u: { return max(offset.y, 0.866 * away.x - 0.5 * offset.y) * 1.4; }
        default: { return length(offset); }
    }
}

fn nothing() -> Disc {
    var disc: Disc;
    // Behind every camera: the quad is clipped away.
    disc.position = vec4<f32>(0.0, 0.0, -1.0, -1.0);
    return disc;
}

fn disc(index: u32, corner: u32, wanted: f32, style: u32) -> Disc {
    let center = place_of(index);
    if center.w <= 0.0 {
        return nothing();
    }
    let radius = wanted * perspective(center.w);
    // Half a pixel more than the radius, for the soft edge.
    let farthest = radius * select(1.0, CORNER_REACH, cloud.shapes == 1u) + 0.5;
    let offset = CORNERS[corner] * farthest;
    var disc: Disc;
    disc.position = center + vec4<f32>(offset / cloud.canvas * 2.0 * center.w, 0.0, 0.0);
    disc.offset = offset;
    disc.color = color_of(index, 0u);
    disc.radius = radius;
    disc.style = style;
    let label = user_label(index);
    disc.shape = select(0u, label % SHAPES, cloud.shapes == 1u && label != NO_CLASS);
    return disc;
}

@vertex
fn labelled_vertex(@builtin(vertex_index) vertex: u32) -> Disc {
    let index = labelled[vertex / 3u];
    if (flags(index) & (FLAG_CONTEXT | FLAG_HIDDEN)) != 0u {
        return nothing();
    }
    if is_chosen(index) {
        return disc(index, vertex % 3u, cloud.radii.y + cloud.ring, STYLE_CHOSEN);
    }
    return disc(index, vertex % 3u, cloud.radii.y, STYLE_OUTLINED);
}

@vertex
fn highlighted_vertex(@builtin(vertex_index) vertex: u32) -> Disc {
    let which = vertex / 3u;
    let corner = vertex % 3u;
    if which == 0u {
        if cloud.hovered == NO_SERIAL || cloud.hovered == cloud.selected {
            return nothing();
        }
        return disc(cloud.hovered, corner, cloud.radii.z, STYLE_OUTLINED);
    }
    if cloud.selected == NO_SERIAL {
        return nothing();
    }
    return disc(cloud.selected, corner, cloud.radii.w, STYLE_SELECTED);
}

// Share of the pixel that lies within `radius`.
fn cover(distance: f32, radius: f32) -> f32 {
    return clamp(radius - distance + 0.5, 0.0, 1.0);
}

@fragment
fn disc_fragment(disc: Disc) -> @location(0) vec4<f32> {
    let distance = reach(disc.offset, disc.shape);
    let alpha = cover(distance, disc.radius);
    if alpha <= cloud.edge {
        discard;
    }
    // A ring of ink, one of paper within it, then the disc: one of the two stands out from any colour.
    var widths = vec2<f32>(0.7, 0.5) * cloud.outline;
    if disc.style == STYLE_SELECTED {
        widths = vec2<f32>(1.6) * cloud.outline;
    } else if disc.style == STYLE_CHOSEN {
        widths.x += cloud.ring;
    }
    let inner = disc.radius - widths.x - widths.y;
    var color = mix(cloud.ink.rgb, cloud.paper.rgb, cover(distance, disc.radius - widths.x));
    color = mix(color, disc.color.rgb, cover(distance, inner));
    return vec4<f32>(color, 1.0) * alpha;
}
