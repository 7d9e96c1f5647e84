// The depths that `resolve_tiles_by_depth` found → the depth attachment, for the points that are drawn later.

@group(0) @binding(0) var depths: texture_2d<f32>;

@vertex
fn everywhere(@builtin(vertex_index) vertex: u32) -> @builtin(position) vec4<f32> {
    return vec4<f32>(f32(vertex & 1u) * 4.0 - 1.0, f32(vertex >> 1u) * 4.0 - 1.0, 0.0, 1.0);
}

@fragment
fn write_depth(@builtin(position) position: vec4<f32>) -> @builtin(frag_depth) f32 {
    return textureLoad(depths, vec2<i32>(position.xy), 0).r;
}
