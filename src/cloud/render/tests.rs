//! Rust and the shaders agree: offsets, sizes and constants are read from the WGSL.

use bevy::math::{Mat4, Vec2, Vec4};
use bevy::render::render_resource::encase::{ShaderSize, StorageBuffer};
use wgpu::naga::front::wgsl::parse_str;
use wgpu::naga::{Expression, Literal, Module, ScalarKind, TypeInner};

use super::encode::NOT_FINITE;
use super::point_flags;
use super::splat::geometry::*;
use super::splat::source::{CLOUD, DEPTH, POINTS, SPLAT};
use super::systems::draw;
use super::uniforms::{NO_SERIAL, Uniforms};
use crate::cloud::data::sample::{CONTEXT_CLASS, NO_CLASS};
use crate::cloud::style::palette;

const TRIANGLES: &str = include_str!("../../../shaders/triangles.wgsl");

fn parse(parts: &[&str]) -> Module {
    parse_str(&parts.concat()).expect("the shader is WGSL")
}

/// The cloud's shader and all that begin with it, by name.
fn shaders() -> [(&'static str, Module); 4] {
    [
        ("cloud", parse(&[CLOUD])),
        ("splat", parse(&[CLOUD, SPLAT])),
        ("points", parse(&[CLOUD, POINTS])),
        ("triangles", parse(&[CLOUD, TRIANGLES])),
    ]
}

/// Value of a constant that is a number.
fn constant(module: &Module, name: &str) -> Option<f64> {
    let (_, constant) = module
        .constants
        .iter()
        .find(|(_, constant)| constant.name.as_deref() == Some(name))?;
    match module.global_expressions[constant.init] {
        Expression::Literal(Literal::U32(value)) => Some(f64::from(value)),
        Expression::Literal(Literal::F32(value)) => Some(f64::from(value)),
        _ => None,
    }
}

/// Names, offsets and types of a struct's fields, and its size.
fn structure(module: &Module, name: &str) -> (Vec<(String, u32, TypeInner)>, u32) {
    let (_, found) = module
        .types
        .iter()
        .find(|(_, ty)| ty.name.as_deref() == Some(name))
        .expect("the struct is there");
    let TypeInner::Struct { members, span } = &found.inner else {
        panic!("{name} is no struct");
    };
    let members = members.iter().map(|member| {
        let name = member.name.clone().unwrap_or_default();
        (name, member.offset, module.types[member.ty].inner.clone())
    });
    (members.collect(), *span)
}

/// Values all of whose bytes are set.
trait Filled {
    const KIND: ScalarKind;
    fn filled() -> Self;
}

const BYTES: u32 = 0x3f9d_9d9d;

impl Filled for u32 {
    const KIND: ScalarKind = ScalarKind::Uint;
    fn filled() -> Self {
        BYTES
    }
}

impl Filled for f32 {
    const KIND: ScalarKind = ScalarKind::Float;
    fn filled() -> Self {
        f32::from_bits(BYTES)
    }
}

impl Filled for Vec2 {
    const KIND: ScalarKind = ScalarKind::Float;
    fn filled() -> Self {
        Self::splat(f32::filled())
    }
}

impl Filled for Vec4 {
    const KIND: ScalarKind = ScalarKind::Float;
    fn filled() -> Self {
        Self::splat(f32::filled())
    }
}

impl Filled for Mat4 {
    const KIND: ScalarKind = ScalarKind::Float;
    fn filled() -> Self {
        Self::from_cols(Vec4::filled(), Vec4::filled(), Vec4::filled(), Vec4::filled())
    }
}

fn fill<T: Filled>(field: &mut T) -> ScalarKind {
    *field = T::filled();
    T::KIND
}

fn bytes(uniforms: &Uniforms) -> Vec<u8> {
    let mut buffer = StorageBuffer::new(Vec::new());
    buffer.write(uniforms).expect("memory takes it");
    buffer.into_inner()
}

/// Name, kind and bytes of every field; a field that is missing here does not compile.
macro_rules! fields {
    ($($name:ident),* $(,)?) => {{
        let Uniforms { $($name: _),* } = Uniforms::default();
        let empty = || Uniforms { clip_from_world: Mat4::ZERO, ..Uniforms::default() };
        vec![$({
            let mut uniforms = empty();
            let kind = fill(&mut uniforms.$name);
            let bytes = bytes(&uniforms);
            let set: Vec<usize> = (0..bytes.len()).filter(|&at| bytes[at] != 0).collect();
            (stringify!($name).to_owned(), kind, set)
        }),*]
    }};
}

#[test]
fn uniforms_lie_where_the_shaders_read_them() {
    let cloud = parse(&[CLOUD]);
    let (members, size) = structure(&cloud, "Cloud");
    assert_eq!(u64::from(size), Uniforms::SHADER_SIZE.get());
    let fields = fields![
        clip_from_world,
        radii,
        background,
        ink,
        paper,
        canvas,
        origin,
        perspective,
        progress,
        focus_depth,
        outline,
        edge,
        axes,
        word,
        shift,
        palette_start,
        hovered,
        selected,
        count,
        stride,
        ring,
        margin,
        flagged,
        shapes,
        labels_plain,
    ];
    let ours: Vec<&str> = fields.iter().map(|(name, ..)| name.as_str()).collect();
    let theirs: Vec<&str> = members.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(ours, theirs);
    for ((name, kind, set), (_, offset, inner)) in fields.iter().zip(&members) {
        let first = *offset as usize;
        let last = first + inner.size(cloud.to_ctx()) as usize;
        assert_eq!(*set, (first..last).collect::<Vec<_>>(), "bytes of {name}");
        assert_eq!(inner.scalar_kind(), Some(*kind), "kind of {name}");
    }
}

#[test]
fn constants_are_the_same_on_both_sides() {
    let shared = [
        ("FLAG_CHOSEN", f64::from(point_flags::CHOSEN)),
        ("FLAG_CONTEXT", f64::from(point_flags::CONTEXT)),
        ("FLAG_HIDDEN", f64::from(point_flags::HIDDEN)),
        ("POINTS_PER_WORD", f64::from(point_flags::POINTS_PER_WORD)),
        ("NO_SERIAL", f64::from(NO_SERIAL)),
        ("NO_CLASS", f64::from(NO_CLASS)),
        ("CONTEXT_CLASS", f64::from(CONTEXT_CLASS)),
        ("NOT_FINITE", f64::from(NOT_FINITE)),
        ("SRGB_TABLE", f64::from(palette::SRGB_TABLE)),
    ];
    let of_splat = [
        ("POINTS_GROUP", f64::from(POINTS_GROUP)),
        ("RUN", f64::from(RUN)),
        ("CELL_PIXELS", f64::from(CELL_PIXELS)),
        ("CELL_NUMBERS", f64::from(CELL_NUMBERS)),
        ("TILE_PIXELS", f64::from(TILE_PIXELS)),
        ("TILE_CELLS", f64::from(TILE_PIXELS / CELL_PIXELS)),
        ("TILE_AREA", f64::from(TILE_PIXELS * TILE_PIXELS)),
        ("TILE_DISCS", f64::from(TILE_DISCS)),
        ("WORK_HEADER", WORK_HEADER as f64),
        ("DISPATCH_STRIDE", (DISPATCH_NUMBERS / 2) as f64),
        ("TO_RESOLVE", (RESOLVE_DISPATCH / 4) as f64),
        ("TO_SHADE", (SHADE_DISPATCH / 4) as f64),
        ("MIXED_FROM", f64::from(palette::MIXED_FROM)),
        ("GREY_FROM", f64::from(palette::GREY_FROM)),
    ];
    let of_points = [("SHAPES", f64::from(palette::SHAPES))];
    let [(_, cloud), (_, splat), (_, points), _] = shaders();
    for (module, constants) in [
        (&cloud, &shared[..]),
        (&splat, &of_splat[..]),
        (&points, &of_points[..]),
    ] {
        for (name, ours) in constants {
            assert_eq!(constant(module, name), Some(*ours), "{name}");
        }
    }
}

#[test]
fn no_name_stands_for_two_numbers() {
    let mut known: Vec<(String, f64)> = Vec::new();
    for (shader, module) in shaders() {
        for (_, constant) in module.constants.iter() {
            let Some(name) = constant.name.clone() else {
                continue;
            };
            let Some(value) = self::constant(&module, &name) else {
                continue;
            };
            let other = known.iter().find(|(other, _)| *other == name);
            assert!(
                other.is_none_or(|&(_, other)| other == value),
                "{name} is {value} in {shader} and {other:?} elsewhere"
            );
            known.push((name, value));
        }
    }
}

#[test]
fn buffers_hold_what_the_passes_write() {
    let [_, (_, splat), ..] = shaders();
    let size = |name| u64::from(structure(&splat, name).1);
    assert_eq!(size("Tile"), TILE_BYTES);
    assert_eq!(size("SizedTile"), TILE_BYTES);
    assert_eq!(size("Disc"), DISC_BYTES);
    let fields = |name| {
        let (members, _) = structure(&splat, name);
        members
            .into_iter()
            .map(|(name, offset, _)| (name, offset))
            .collect::<Vec<_>>()
    };
    assert_eq!(fields("Tile"), fields("SizedTile"));
    let dispatches = splat
        .global_variables
        .iter()
        .find(|(_, global)| global.name.as_deref() == Some("dispatches"))
        .map(|(_, global)| splat.types[global.ty].inner.size(splat.to_ctx()));
    assert_eq!(dispatches.map(u64::from), Some(DISPATCH_NUMBERS * 4));
}

#[test]
fn workgroups_are_as_large_as_they_are_counted() {
    let [_, (_, splat), ..] = shaders();
    let listed = constant(&splat, "LISTED_TILES_GROUP").map(|tiles| tiles as u32);
    let expected = [
        ("count_cells", Some(POINTS_GROUP)),
        ("scatter", Some(POINTS_GROUP)),
        ("sum_tiles", Some(ALL_TILES_GROUP)),
        ("reserve_discs", Some(ALL_TILES_GROUP)),
        ("list_tiles", Some(ALL_TILES_GROUP)),
        ("shade_density", listed),
        ("resolve_tiles", listed),
        ("resolve_tiles_by_depth", listed),
    ];
    for (name, size) in expected {
        let pass = splat.entry_points.iter().find(|pass| pass.name == name);
        assert_eq!(pass.map(|pass| pass.workgroup_size[0]), size, "{name}");
    }
}

#[test]
fn every_shader_binds_the_shared_buffers_in_one_order() {
    let bindings = |module: &Module| {
        let mut names: Vec<(u32, String)> = module
            .global_variables
            .iter()
            .filter_map(|(_, global)| {
                let binding = global.binding.filter(|binding| binding.group == 0)?;
                Some((binding.binding, global.name.clone()?))
            })
            .collect();
        names.sort();
        names
    };
    let [(_, cloud), (_, splat), (_, points), _] = shaders();
    let shared = bindings(&cloud);
    assert_eq!(shared.len(), SHARED_BUFFERS);
    assert_eq!(bindings(&splat), shared);
    let own = bindings(&points).split_off(SHARED_BUFFERS);
    assert_eq!(own, [(SHARED_BUFFERS as u32, "labelled".to_owned())]);
}

#[test]
fn a_point_on_top_is_as_many_vertices_as_the_shader_has_corners() {
    for parts in [[CLOUD, POINTS], [CLOUD, TRIANGLES]] {
        let module = parse(&parts);
        let corners = module
            .constants
            .iter()
            .find(|(_, constant)| constant.name.as_deref() == Some("CORNERS"))
            .map(|(_, constant)| module.types[constant.ty].inner.clone());
        let Some(TypeInner::Array { size, .. }) = corners else {
            panic!("no array of corners");
        };
        assert_eq!(
            size,
            wgpu::naga::ArraySize::Constant(draw::CORNERS.try_into().expect("some corners"))
        );
    }
}

#[test]
fn depths_are_written_by_a_shader_of_their_own() {
    let module = parse(&[DEPTH]);
    let names: Vec<&str> = module
        .entry_points
        .iter()
        .map(|pass| pass.name.as_str())
        .collect();
    assert_eq!(names, ["everywhere", "write_depth"]);
}
