// The plain points as the rasterizer would draw them, a triangle each: for the bench, which compares.

struct Point {
    @builtin(position) position: vec4<f32>,
    @location(0) offset: vec2<f32>,
    @location(1) @interpolate(flat) color: vec4<f32>,
}

const CORNERS: array<vec2<f32>, 3> =
    array<vec2<f32>, 3>(vec2<f32>(0.0, 2.0), vec2<f32>(-1.7320508, -1.0), vec2<f32>(1.7320508, -1.0));

@vertex
fn triangle(@builtin(vertex_index) vertex: u32) -> Point {
    let index = vertex / 3u;
    let center = place_of(index);
    let offset = CORNERS[vertex % 3u] * (cloud.radii.x + 0.5);
    var point: Point;
    point.position = center + vec4<f32>(offset / cloud.canvas * 2.0 * center.w, 0.0, 0.0);
    point.offset = offset;
    point.color = color_of(index, SRGB_TABLE);
    return point;
}

@fragment
fn disc(point: Point) -> @location(0) vec4<f32> {
    let alpha = clamp(cloud.radii.x + 0.5 - length(point.offset), 0.0, 1.0);
    if alpha <= 0.0 {
        discard;
    }
    return vec4<f32>(point.color.rgb, 1.0) * (alpha * point.color.a);
}
