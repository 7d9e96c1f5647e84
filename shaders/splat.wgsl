// Plain points as a picture, by compute shaders: every point finds its place, and every tile of 4×4 pixels the points
// around it. No triangle is set up for a disc of a few pixels, and the number of points per pixel, the density, falls off
// by the way. Where it is high, the mean colour of the points shows instead of single discs. The passes in their order:
//
//   count_cells     over points: how many, and of which colours, lie in each cell of 2×2 pixels
//   sum_tiles       over tiles of 2×2 cells: their sum
//   reserve_discs   over tiles: how many discs are to be drawn there
//   scan_offsets    over tiles: where in `discs` those of each begin
//   list_tiles      over tiles: those in which anything shows, and those in which the density does
//   scatter         over points: into `discs`, by tile
//   shade_density   over tiles in which it shows: its colour, and how far it shows instead of single discs
//   resolve_tiles   over tiles in which anything shows: the colour of each pixel; `resolve_tiles_by_depth` where nearer
//                   points hide farther ones, from whose depths `write_depth` (depth.wgsl) fills the depth attachment
//
// Nothing depends on the order in which points arrive. Pixels count from the top left of the canvas with the margin around
// it. Compare Schütz et al., Rendering Point Clouds with Compute Shaders and Vertex Order Optimization (2021).

// Five numbers per cell: points, the sums of their red, green and blue, linear, 0 to 255 each, and that of the mean of their
// squares, 0 to 255, too.
@group(1) @binding(0) var<storage, read_write> cells: array<atomic<u32>>;
@group(1) @binding(1) var<storage, read_write> tiles: array<Tile>;
@group(1) @binding(2) var<storage, read_write> discs: array<Disc>;
// Per cell: colour of the density in sRGB, and how far it shows.
@group(1) @binding(3) var density_layer: texture_storage_2d<rgba8unorm, write>;
// The number of tiles to resolve, that of tiles to shade, and as many places for each as there are tiles.
@group(1) @binding(4) var<storage, read_write> work: array<atomic<u32>>;

@group(2) @binding(0) var<storage, read> sized_tiles: array<SizedTile>;
@group(2) @binding(1) var<storage, read> sorted_discs: array<Disc>;
@group(2) @binding(2) var density_map: texture_2d<f32>;
@group(2) @binding(3) var linear_sampler: sampler;
@group(2) @binding(4) var picture: texture_storage_2d<rgba8unorm, write>;
@group(2) @binding(5) var depths: texture_storage_2d<r32float, write>;
@group(2) @binding(6) var<storage, read> listed: array<u32>;

// How many workgroups resolve, and how many shade: three numbers each, and one that nobody reads.
@group(3) @binding(0) var<storage, read_write> dispatches: array<atomic<u32>, 8>;

struct Tile {
    points: u32,
    // Discs that are drawn at most.
    room: u32,
    // Place of the first; the tile after the last has the end.
    start: u32,
    // Discs that have arrived.
    sorted: atomic<u32>,
}

// The same where nothing is written.
struct SizedTile {
    points: u32,
    room: u32,
    start: u32,
    sorted: u32,
}

struct Disc {
    // Centre, 16 bits an axis.
    center: u32,
    // Serial, and whether it is translucent, or chosen and so above the others.
    entry: u32,
    // sRGB, 8 bits a channel.
    color: u32,
    // Normalized device depth, 1 at the near plane.
    depth: f32,
}

// Points that one workgroup takes at a time; tiles that one takes of a list.
const POINTS_GROUP: u32 = 256u;
const LISTED_TILES_GROUP: u32 = 64u;
// Places in `work` and `dispatches`.
const TO_RESOLVE: u32 = 0u;
const TO_SHADE: u32 = 1u;
const WORK_HEADER: u32 = 2u;
const DISPATCH_STRIDE: u32 = 4u;
// Pixels in a row of a cell.
const CELL_PIXELS: u32 = 2u;
// Cells and pixels in a row of a tile, and all its pixels.
const TILE_CELLS: u32 = 2u;
const TILE_PIXELS: u32 = 4u;
const TILE_AREA: u32 = 16u;
// Points per pixel from which the density begins to show instead of single discs, and from which nothing else shows.
const DENSITY_SHOWS: f32 = 0.6;
const DENSITY_ALONE: f32 = 1.8;
// Of a tile with more than TILE_DISCS points about THINNED_DISCS are drawn, which still leave no pixel free.
const THINNED_DISCS: u32 = 48u;
const TILE_DISCS: u32 = 80u;
const ENTRY_TRANSLUCENT: u32 = 0x80000000u;
const ENTRY_CHOSEN: u32 = 0x40000000u;
// Share of the ring in a chosen point's colour where the density shows.
const CHOSEN_SHARE: f32 = 0.6;
// Standard deviation of the colours at a place, linear, from which their mean turns grey, and from which it is grey: the
// mean of two classes must not look like a third.
const MIXED_FROM: f32 = 0.08;
const GREY_FROM: f32 = 0.25;
// Share of a ring's width that is of paper, at its inner side.
const PAPER_SHARE: f32 = 0.4;
// Numbers of a cell.
const CELL_NUMBERS: u32 = 5u;
// How much nearer to the ink's colour each doubling of the density is, linear, and how near it may come.
const BRIGHTNESS_STEP: f32 = 0.04;
const BRIGHTEST: f32 = 0.5;
// Points that are left out or drawn together, because they lie side by side in memory.
const RUN: u32 = 16u;

struct Splat {
    pixel: vec2<f32>,
    depth: f32,
    // Whether a plain disc lies there.
    seen: bool,
}

fn padded_size() -> vec2<u32> {
    return vec2<u32>(cloud.canvas + 0.5) + 2u * cloud.margin;
}

fn cell_grid() -> vec2<u32> {
    return (padded_size() + CELL_PIXELS - 1u) / CELL_PIXELS;
}

fn tile_grid() -> vec2<u32> {
    return (padded_size() + TILE_PIXELS - 1u) / TILE_PIXELS;
}

fn splat(index: u32) -> Splat {
    let clip = place_of(index);
    let ndc = clip.xyz / clip.w;
    let pixel = (vec2<f32>(ndc.x, -ndc.y) * 0.5 + 0.5) * cloud.canvas + f32(cloud.margin);
    let inside = all(pixel >= vec2<f32>(0.0)) && all(pixel < vec2<f32>(padded_size()));
    let flags = flags(index);
    // Labelled points are drawn later, on top, unless there are too many.
    let plain = user_label(index) == NO_CLASS || (flags & FLAG_CONTEXT) != 0u || cloud.labels_plain == 1u;
    return Splat(pixel, ndc.z, clip.w > 0.0 && inside && plain && (flags & FLAG_HIDDEN) == 0u);
}

// Wang's.
fn hash(value: u32) -> u32 {
    var hash = (value ^ 61u) ^ (value >> 16u);
    hash *= 9u;
    hash ^= hash >> 4u;
    hash *= 0x27d4eb2du;
    return hash ^ (hash >> 15u);
}

// Number of points that are drawn, or a few more.
fn drawn_points() -> u32 {
    let runs = (cloud.count + RUN - 1u) / RUN;
    return select((runs + cloud.stride - 1u) / cloud.stride * RUN, cloud.count, cloud.stride == 1u);
}

// The point that is drawn as the `slot`th: of every `stride` runs in the order of the serials one, no matter which.
fn drawn_index(slot: u32) -> u32 {
    let turn = slot / RUN;
    let run = turn * cloud.stride + hash(turn) % cloud.stride;
    return select(run * RUN + slot % RUN, slot, cloud.stride == 1u);
}

@compute @workgroup_size(256)
fn count_cells(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let width = cell_grid().x;
    for (var slot = id.x; slot < drawn_points(); slot += groups.x * POINTS_GROUP) {
        let index = drawn_index(slot);
        if index >= cloud.count {
            continue;
        }
        let splat = splat(index);
        if !splat.seen {
            continue;
        }
        let cell = vec2<u32>(splat.pixel) / CELL_PIXELS;
        let at = (cell.y * width + cell.x) * CELL_NUMBERS;
        let color = mix(color_of(index, 0u).rgb, cloud.ink.rgb, select(0.0, CHOSEN_SHARE, is_chosen(index)));
        let rgb = vec3<u32>(color * 255.0 + 0.5);
        atomicAdd(&cells[at], 1u);
        atomicAdd(&cells[at + 1u], rgb.r);
        atomicAdd(&cells[at + 2u], rgb.g);
        atomicAdd(&cells[at + 3u], rgb.b);
        let squares = rgb * rgb;
        atomicAdd(&cells[at + 4u], (squares.r + squares.g + squares.b + 382u) / 765u);
    }
}

@compute @workgroup_size(256)
fn sum_tiles(@builtin(global_invocation_id) id: vec3<u32>) {
    let grid = tile_grid();
    if id.x >= grid.x * grid.y {
        return;
    }
    let first = vec2<u32>(id.x % grid.x, id.x / grid.x) * TILE_CELLS;
    let last = min(first + TILE_CELLS, cell_grid());
    var points = 0u;
    for (var y = first.y; y < last.y; y++) {
        for (var x = first.x; x < last.x; x++) {
            points += atomicLoad(&cells[(y * cell_grid().x + x) * CELL_NUMBERS]);
        }
    }
    if id.x == 0u {
        for (var list = TO_RESOLVE; list <= TO_SHADE; list++) {
            atomicStore(&work[list], 0u);
            atomicStore(&dispatches[list * DISPATCH_STRIDE], 0u);
            atomicStore(&dispatches[list * DISPATCH_STRIDE + 1u], 1u);
            atomicStore(&dispatches[list * DISPATCH_STRIDE + 2u], 1u);
        }
    }
    tiles[id.x].points = points;
    atomicStore(&tiles[id.x].sorted, 0u);
}

// Points per pixel in a tile.
fn density(at: vec2<i32>) -> f32 {
    let grid = vec2<i32>(tile_grid());
    let inside = clamp(at, vec2<i32>(0), grid - 1);
    return f32(tiles[inside.y * grid.x + inside.x].points * cloud.stride) / f32(TILE_PIXELS * TILE_PIXELS);
}

@compute @workgroup_size(256)
fn reserve_discs(@builtin(global_invocation_id) id: vec3<u32>) {
    let grid = tile_grid();
    if id.x >= grid.x * grid.y {
        return;
    }
    let at = vec2<i32>(vec2<u32>(id.x % grid.x, id.x / grid.x));
    // Within a tile the density shows by the tiles around it, too.
    var sparsest = DENSITY_ALONE;
    for (var y = -1; y <= 1; y++) {
        for (var x = -1; x <= 1; x++) {
            sparsest = min(sparsest, density(at + vec2<i32>(x, y)));
        }
    }
    tiles[id.x].room = select(min(tiles[id.x].points, TILE_DISCS), 0u, sparsest >= DENSITY_ALONE);
}

var<workgroup> sums: array<u32, 256>;

@compute @workgroup_size(256)
fn scan_offsets(@builtin(local_invocation_index) lane: u32) {
    let count = tile_grid().x * tile_grid().y;
    let share = (count + 255u) / 256u;
    let first = min(lane * share, count);
    let last = min(first + share, count);
    var sum = 0u;
    for (var tile = first; tile < last; tile++) {
        sum += tiles[tile].room;
    }
    sums[lane] = sum;
    workgroupBarrier();
    var start = 0u;
    for (var before = 0u; before < lane; before++) {
        start += sums[before];
    }
    for (var tile = first; tile < last; tile++) {
        tiles[tile].start = start;
        start += tiles[tile].room;
    }
    if lane == 255u {
        tiles[count].start = start;
    }
}

@compute @workgroup_size(256)
fn list_tiles(@builtin(global_invocation_id) id: vec3<u32>) {
    let grid = tile_grid();
    let corner = corner_of(id.x);
    if corner.y >= padded_size().y {
        return;
    }
    let at = vec2<i32>(corner / TILE_PIXELS);
    var shows = false;
    for (var y = -1; y <= 1; y++) {
        for (var x = -1; x <= 1; x++) {
            shows = shows || density(at + vec2<i32>(x, y)) > DENSITY_SHOWS;
        }
    }
    if shows {
        append(id.x, TO_SHADE);
    }
    if !(on_canvas(corner) || on_canvas(corner + TILE_PIXELS - 1u)) {
        return;
    }
    let around = neighbours(corner, farthest_reach());
    for (var y = around.y; y <= around.w; y++) {
        shows = shows || tiles[y * grid.x + around.z + 1u].start > tiles[y * grid.x + around.x].start;
    }
    if shows {
        append(id.x, TO_RESOLVE);
    }
}

fn append(tile: u32, which: u32) {
    let slot = atomicAdd(&work[which], 1u);
    atomicStore(&work[WORK_HEADER + which * tile_grid().x * tile_grid().y + slot], tile);
    atomicMax(&dispatches[which * DISPATCH_STRIDE], slot / LISTED_TILES_GROUP + 1u);
}

fn encode(linear: vec3<f32>) -> vec3<f32> {
    let low = linear * 12.92;
    let high = 1.055 * pow(max(linear, vec3<f32>(0.0031308)), vec3<f32>(1.0 / 2.4)) - 0.055;
    return select(high, low, linear <= vec3<f32>(0.0031308));
}

// The mean colour of a cell's points, greyer the more mixed they are, and lighter (on a light background darker) by an even
// step for each doubling of them. It
// covers the background as much as that many discs would on average.
@compute @workgroup_size(64)
fn shade_density(@builtin(global_invocation_id) id: vec3<u32>) {
    if id.x >= atomicLoad(&work[TO_SHADE]) {
        return;
    }
    let tile = atomicLoad(&work[WORK_HEADER + tile_grid().x * tile_grid().y + id.x]);
    let corner = corner_of(tile) / CELL_PIXELS;
    for (var k = 0u; k < TILE_CELLS * TILE_CELLS; k++) {
        shade_cell(corner + vec2<u32>(k % TILE_CELLS, k / TILE_CELLS));
    }
}

fn shade_cell(place: vec2<u32>) {
    let grid = cell_grid();
    if any(place >= grid) {
        return;
    }
    let cell = (place.y * grid.x + place.x) * CELL_NUMBERS;
    let at = (vec2<f32>(place) + 0.5) / f32(TILE_CELLS) - 0.5;
    let low = vec2<i32>(floor(at));
    let along = fract(at);
    let upper = mix(density(low), density(low + vec2<i32>(1, 0)), along.x);
    let lower = mix(density(low + vec2<i32>(0, 1)), density(low + 1), along.x);
    let share = smoothstep(DENSITY_SHOWS, DENSITY_ALONE, mix(upper, lower, along.y));

    let points = f32(atomicLoad(&cells[cell]));
    let sum = vec3<f32>(
        f32(atomicLoad(&cells[cell + 1u])),
        f32(atomicLoad(&cells[cell + 2u])),
        f32(atomicLoad(&cells[cell + 3u])),
    );
    let here = points * f32(cloud.stride) / f32(CELL_PIXELS * CELL_PIXELS);
    let nearness = clamp(log2(max(here, 1.0)) * BRIGHTNESS_STEP, 0.0, BRIGHTEST);
    let dense = select(vec3<f32>(0.0), vec3<f32>(1.0), cloud.ink.g > 0.5);
    let mean = sum / max(points * 255.0, 1.0);
    let squares = f32(atomicLoad(&cells[cell + 4u])) * 3.0 / max(points * 255.0, 1.0);
    let mixed = sqrt(max(squares - dot(mean, mean), 0.0));
    let grey = vec3<f32>(dot(mean, vec3<f32>(0.2126, 0.7152, 0.0722)));
    let continuous = cloud.palette_start > 0u;
    let shown = mix(mean, grey, select(smoothstep(MIXED_FROM, GREY_FROM, mixed), 0.0, continuous));
    let color = encode(mix(shown, dense, nearness));
    let covered = 1.0 - exp(-here * 3.1415927 * cloud.radii.x * cloud.radii.x);
    textureStore(density_layer, place, vec4<f32>(mix(cloud.background.rgb, color, covered), share));
}

// Steps per pixel of a centre's coordinates.
fn fineness() -> f32 {
    let wide = padded_size();
    return floor(65535.0 / f32(max(wide.x, wide.y)));
}

@compute @workgroup_size(256)
fn scatter(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
    let width = tile_grid().x;
    for (var slot = id.x; slot < drawn_points(); slot += groups.x * POINTS_GROUP) {
        let index = drawn_index(slot);
        if index >= cloud.count {
            continue;
        }
        let splat = splat(index);
        if !splat.seen {
            continue;
        }
        let place = vec2<u32>(splat.pixel) / TILE_PIXELS;
        let tile = place.y * width + place.x;
        let points = tiles[tile].points;
        let room = tiles[tile].room;
        let left_out = points > TILE_DISCS && hash(index) % ((points + THINNED_DISCS - 1u) / THINNED_DISCS) > 0u;
        if room == 0u || left_out {
            continue;
        }
        let among = atomicAdd(&tiles[tile].sorted, 1u);
        if among >= room {
            continue;
        }
        let center = vec2<u32>(splat.pixel * fineness());
        // Where nearer points hide farther ones everything is opaque: the mean of what lies behind would say nothing.
        let ringed = is_chosen(index);
        let color = color_of(index, SRGB_TABLE);
        let translucent = cloud.axes == 2u && !ringed && color.a < 1.0;
        discs[tiles[tile].start + among] = Disc(
            center.x | center.y << 16u,
            index | select(0u, ENTRY_TRANSLUCENT, translucent) | select(0u, ENTRY_CHOSEN, ringed),
            pack4x8unorm(color),
            splat.depth,
        );
    }
}

// Tiles whose discs may reach into a tile, first and last.
fn neighbours(corner: vec2<u32>, reach: f32) -> vec4<u32> {
    let first = vec2<f32>(corner) + 0.5;
    let low = vec2<u32>(max(first - reach, vec2<f32>(0.0))) / TILE_PIXELS;
    let high = min(vec2<u32>(first + f32(TILE_PIXELS - 1u) + reach) / TILE_PIXELS, tile_grid() - 1u);
    return vec4<u32>(low, high);
}

// Of paper and of ink: whatever the colours of a point and of what lies around it, one of them stands out.
fn ring_colors() -> vec2<u32> {
    let paper = pack4x8unorm(vec4<f32>(encode(cloud.paper.rgb), 1.0));
    return vec2<u32>(paper, pack4x8unorm(vec4<f32>(encode(cloud.ink.rgb), 1.0)));
}

fn squared(value: f32) -> f32 {
    return value * value;
}

// How far a disc reaches at most.
fn farthest_reach() -> f32 {
    return cloud.radii.x * select(1.0, cloud.perspective.y, cloud.axes == 3u) + cloud.ring + 0.5;
}

fn center_of(disc: Disc) -> vec2<f32> {
    return vec2<f32>(f32(disc.center & 0xffffu), f32(disc.center >> 16u)) / fineness();
}

fn on_canvas(place: vec2<u32>) -> bool {
    return all(place >= vec2<u32>(cloud.margin)) && all(place < padded_size() - cloud.margin);
}

// Puts the density over the discs of a pixel.
fn store(place: vec2<u32>, discs: vec3<f32>) {
    if !on_canvas(place) {
        return;
    }
    let at = (vec2<f32>(place) + 0.5) / vec2<f32>(cell_grid() * CELL_PIXELS);
    let dense = textureSampleLevel(density_map, linear_sampler, at, 0.0);
    let color = mix(discs, dense.rgb, dense.a);
    let to = place - cloud.margin + vec2<u32>(cloud.origin + 0.5);
    textureStore(picture, to, vec4<f32>(color, 1.0));
}

fn corner_of(tile: u32) -> vec2<u32> {
    return vec2<u32>(tile % tile_grid().x, tile / tile_grid().x) * TILE_PIXELS;
}

// What is known of a pixel: how clear the haze of the translucent discs is; serial + 1 and colour of the last disc that
// covers it whole, and of the last that covers any of it.
struct Pixel {
    clear: f32,
    whole: u32,
    whole_color: u32,
    part: u32,
    part_color: u32,
    part_covers: f32,
}

// A disc as it is drawn.
struct SplatDisc {
    // From its centre to the first pixel of the tile.
    offset: vec2<f32>,
    // A pixel is covered by full - slope * distance², from 0 to 1.
    full: f32,
    slope: f32,
    // Squares of the distances at which the ring begins, of paper, and at which it is of ink.
    ring: f32,
    ink: f32,
    color: u32,
    // Place in the order, 0 for a translucent disc; how much of what lies behind one passes.
    serial: u32,
    haze: f32,
}

// Rows one by one: lavapipe unrolls no loop that is longer than this, and what is not unrolled is not kept in registers.
fn cover_row(pixels: ptr<function, array<Pixel, TILE_AREA>>, row: u32, disc: SplatDisc, rings: vec2<u32>) {
    for (var x = 0u; x < TILE_PIXELS; x++) {
        let k = row * TILE_PIXELS + x;
        let away = disc.offset + vec2<f32>(f32(x), f32(row));
        let distance = dot(away, away);
        let covers = clamp(disc.full - disc.slope * distance, 0.0, 1.0);
        let color = select(select(disc.color, rings.x, distance > disc.ring), rings.y, distance > disc.ink);
        pixels[k].clear *= 1.0 - disc.haze * covers;
        let over = covers >= 1.0 && disc.serial > pixels[k].whole;
        pixels[k].whole = select(pixels[k].whole, disc.serial, over);
        pixels[k].whole_color = select(pixels[k].whole_color, color, over);
        let touches = covers > 0.0 && disc.serial > pixels[k].part;
        pixels[k].part = select(pixels[k].part, disc.serial, touches);
        pixels[k].part_color = select(pixels[k].part_color, color, touches);
        pixels[k].part_covers = select(pixels[k].part_covers, covers, touches);
    }
}

fn store_row(pixels: ptr<function, array<Pixel, TILE_AREA>>, row: u32, corner: vec2<u32>) {
    let grey = palette[SRGB_TABLE + NO_CLASS].rgb;
    for (var x = 0u; x < TILE_PIXELS; x++) {
        let pixel = pixels[row * TILE_PIXELS + x];
        var color = mix(grey, cloud.background.rgb, pixel.clear);
        if pixel.whole > 0u {
            color = unpack4x8unorm(pixel.whole_color).rgb;
        }
        if pixel.part > pixel.whole {
            color = mix(color, unpack4x8unorm(pixel.part_color).rgb, pixel.part_covers);
        }
        store(corner + vec2<u32>(x, row), color);
    }
}

// One invocation has all pixels of a tile, so that a disc is read once for all of them.
@compute @workgroup_size(64)
fn resolve_tiles(@builtin(global_invocation_id) id: vec3<u32>) {
    if id.x >= listed[TO_RESOLVE] {
        return;
    }
    let grid = tile_grid();
    let corner = corner_of(listed[WORK_HEADER + id.x]);
    let around = neighbours(corner, farthest_reach());
    let rings = ring_colors();
    var pixels: array<Pixel, TILE_AREA>;
    for (var k = 0u; k < TILE_AREA; k++) {
        pixels[k].clear = 1.0;
    }
    for (var y = around.y; y <= around.w; y++) {
        let end = sized_tiles[y * grid.x + around.z + 1u].start;
        for (var i = sized_tiles[y * grid.x + around.x].start; i < end; i++) {
            let disc = sorted_discs[i];
            let translucent = disc.entry >= ENTRY_TRANSLUCENT;
            let ringed = !translucent && disc.entry >= ENTRY_CHOSEN;
            let reach = cloud.radii.x + 0.5 + select(0.0, cloud.ring, ringed);
            // Linear in the square of the distance, and a pixel wide.
            let outer = reach * reach;
            let inner = max(reach - 1.0, 0.0);
            let slope = 1.0 / (outer - inner * inner);
            let splat = SplatDisc(
                vec2<f32>(corner) + 0.5 - center_of(disc),
                outer * slope,
                slope,
                select(outer, cloud.radii.x * cloud.radii.x, ringed),
                select(outer, squared(cloud.radii.x + PAPER_SHARE * cloud.ring), ringed),
                disc.color,
                select(disc.entry + 1u, 0u, translucent),
                select(0.0, unpack4x8unorm(disc.color).a, translucent),
            );
            cover_row(&pixels, 0u, splat, rings);
            cover_row(&pixels, 1u, splat, rings);
            cover_row(&pixels, 2u, splat, rings);
            cover_row(&pixels, 3u, splat, rings);
        }
    }
    store_row(&pixels, 0u, corner);
    store_row(&pixels, 1u, corner);
    store_row(&pixels, 2u, corner);
    store_row(&pixels, 3u, corner);
}

// Nearest depth, the last of the discs at it, and its colour.
struct DepthPixel {
    nearest: f32,
    last: u32,
    color: u32,
}

struct SplatDiscByDepth {
    offset: vec2<f32>,
    // Squares of the distances at which the disc ends, its ring begins, of paper, and is of ink.
    end: f32,
    ring: f32,
    ink: f32,
    color: u32,
    entry: u32,
    depth: f32,
}

fn cover_row_by_depth(pixels: ptr<function, array<DepthPixel, TILE_AREA>>, row: u32, disc: SplatDiscByDepth, rings: vec2<u32>) {
    for (var x = 0u; x < TILE_PIXELS; x++) {
        let k = row * TILE_PIXELS + x;
        let away = disc.offset + vec2<f32>(f32(x), f32(row));
        let distance = dot(away, away);
        let same = disc.depth == pixels[k].nearest && disc.entry > pixels[k].last;
        let over = distance < disc.end && (disc.depth > pixels[k].nearest || same);
        pixels[k].nearest = select(pixels[k].nearest, disc.depth, over);
        pixels[k].last = select(pixels[k].last, disc.entry, over);
        let color = select(select(disc.color, rings.x, distance > disc.ring), rings.y, distance > disc.ink);
        pixels[k].color = select(pixels[k].color, color, over);
    }
}

fn store_row_by_depth(pixels: ptr<function, array<DepthPixel, TILE_AREA>>, row: u32, corner: vec2<u32>) {
    for (var x = 0u; x < TILE_PIXELS; x++) {
        let pixel = pixels[row * TILE_PIXELS + x];
        let place = corner + vec2<u32>(x, row);
        let color = unpack4x8unorm(pixel.color).rgb;
        store(place, select(cloud.background.rgb, color, pixel.nearest > 0.0));
        if on_canvas(place) {
            let to = place - cloud.margin + vec2<u32>(cloud.origin + 0.5);
            textureStore(depths, to, vec4<f32>(pixel.nearest));
        }
    }
}

@compute @workgroup_size(64)
fn resolve_tiles_by_depth(@builtin(global_invocation_id) id: vec3<u32>) {
    if id.x >= listed[TO_RESOLVE] {
        return;
    }
    let grid = tile_grid();
    let corner = corner_of(listed[WORK_HEADER + id.x]);
    let around = neighbours(corner, farthest_reach());
    // A perspective without a far plane has depth = near / w.
    let near = cloud.clip_from_world[3].z;
    let rings = ring_colors();
    var pixels: array<DepthPixel, TILE_AREA>;
    for (var y = around.y; y <= around.w; y++) {
        let end = sized_tiles[y * grid.x + around.z + 1u].start;
        for (var i = sized_tiles[y * grid.x + around.x].start; i < end; i++) {
            let disc = sorted_discs[i];
            let plain = cloud.radii.x * perspective(near / disc.depth);
            let ring = select(0.0, cloud.ring, disc.entry >= ENTRY_CHOSEN);
            let splat = SplatDiscByDepth(
                vec2<f32>(corner) + 0.5 - center_of(disc),
                squared(plain + ring),
                plain * plain,
                squared(plain + PAPER_SHARE * ring),
                disc.color,
                disc.entry,
                disc.depth,
            );
            cover_row_by_depth(&pixels, 0u, splat, rings);
            cover_row_by_depth(&pixels, 1u, splat, rings);
            cover_row_by_depth(&pixels, 2u, splat, rings);
            cover_row_by_depth(&pixels, 3u, splat, rings);
        }
    }
    store_row_by_depth(&pixels, 0u, corner);
    store_row_by_depth(&pixels, 1u, corner);
    store_row_by_depth(&pixels, 2u, corner);
    store_row_by_depth(&pixels, 3u, corner);
}
