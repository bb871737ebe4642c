/** What the graphics processor runs, and the shapes that it is given. */

/** Of three faces. */
const CORNERS_A_BOX = 12;
export const INDEXES_A_BOX = 18;
/** Position, size and colour of a box stand in a texture, one after the other. */
export const PARTS_A_ROW = 3 * 512;

/**
 * Three faces for each box: of two that are opposite, no eye sees more than one, and the half of the work is saved.
 * Edges are drawn a number of pixels wide, however far away.
 *
 * Which box and which corner a vertex is follows from its number: as instances, 2,000 boxes took 44 ms without a
 * graphics processor, because each is a draw call there.
 */
export const BOX_VERTEX = `#version 300 es
uniform highp sampler2D boxes;
uniform mat4 camera;
uniform vec3 eye;
uniform int newest;
uniform int picked;
out vec2 face;
flat out vec3 lit;
flat out float mark;
vec3 part(int index) {
  return texelFetch(boxes, ivec2(index % ${PARTS_A_ROW}, index / ${PARTS_A_ROW}), 0).rgb;
}
void main() {
  int box = gl_VertexID / ${CORNERS_A_BOX};
  int axis = gl_VertexID % ${CORNERS_A_BOX} / 4;
  face = vec2(gl_VertexID & 1, gl_VertexID >> 1 & 1);
  vec3 position = part(3 * box);
  vec3 size = part(3 * box + 1);
  vec3 normal = vec3(axis == 0, axis == 1, axis == 2);
  vec3 along = normal.zxy * face.x + normal.yzx * face.y;
  mark = box == picked ? 2.0 : box == newest ? 1.0 : 0.0;
  float light = dot(normal, vec3(0.80, 1.0, 0.66));
  vec3 corner = along + normal * step(position + size * 0.5, eye);
  lit = mix(part(3 * box + 2), vec3(1.0), mark > 0.0 ? 0.25 : 0.0) * light;
  gl_Position = camera * vec4(position + corner * size, 1.0);
}`;

export const BOX_FRAGMENT = `#version 300 es
precision highp float;
in vec2 face;
flat in vec3 lit;
flat in float mark;
uniform vec3 ink;
uniform float pixelRatio;
out vec4 result;
void main() {
  vec2 inPixels = min(face, 1.0 - face) / fwidth(face) / pixelRatio;
  float wide = mark > 1.5 ? 3.5 : mark > 0.5 ? 2.5 : 0.6;
  float edge = 1.0 - smoothstep(wide - 0.5, wide + 0.5, min(inPixels.x, inPixels.y));
  vec3 line = mark > 0.0 ? ink : lit * 0.5;
  result = vec4(mix(lit, line, edge), 1.0);
}`;

export const LINE_VERTEX = `#version 300 es
layout(location = 0) in vec3 position;
uniform mat4 camera;
void main() {
  gl_Position = camera * vec4(position, 1.0);
}`;

export const LINE_FRAGMENT = `#version 300 es
precision highp float;
uniform vec4 colour;
out vec4 result;
void main() {
  result = vec4(colour.rgb * colour.a, colour.a);
}`;

/** Of `count` boxes with three faces each: the numbers of the corners of two triangles a face. */
export function triangles(count) {
  const values = new Uint32Array(count * INDEXES_A_BOX);
  for (let index = 0; index < values.length; index += 1) values[index] = 4 * Math.floor(index / 6) + [0, 1, 3, 0, 3, 2][index % 6];
  return values;
}

/** The container's edges, and its two doors standing open. */
export function frame({ width, height, depth }) {
  const lines = [];
  const line = (...points) => points.slice(1).forEach((point, index) => lines.push(...points[index], ...point));
  for (const z of [0, depth]) line([0, 0, z], [width, 0, z], [width, height, z], [0, height, z], [0, 0, z]);
  for (const [x, y] of [[0, 0], [width, 0], [0, height], [width, height]]) line([x, y, 0], [x, y, depth]);
  for (const [hinge, outwards] of [[0, -1], [width, 1]]) {
    const end = [hinge + outwards * width * 0.2, depth + width * 0.4];
    line([hinge, 0, depth], [end[0], 0, end[1]], [end[0], height, end[1]], [hinge, height, depth]);
  }
  return new Float32Array(lines);
}

/** The floor and the nose wall, as triangles. */
export function walls({ width, height, depth }) {
  const floor = [0, 0, 0, width, 0, 0, width, 0, depth, 0, 0, 0, width, 0, depth, 0, 0, depth];
  const nose = [0, 0, 0, width, 0, 0, width, height, 0, 0, 0, 0, width, height, 0, 0, height, 0];
  return new Float32Array([...floor, ...nose]);
}

/** From a point down to the floor. */
export function plumbLine({ x, y, z }) {
  return new Float32Array([x, y, z, x, 0, z]);
}
