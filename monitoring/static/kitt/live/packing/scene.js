/** The picture of a load, drawn with WebGL 2: all boxes in one call, the first k of them with the same one. */

import { BOX_FRAGMENT, BOX_VERTEX, INDEXES_A_BOX, LINE_FRAGMENT, LINE_VERTEX, PARTS_A_ROW, frame, plumbLine, triangles, walls } from "./shaders.js";

const FLOATS_A_PART = 3;
const PARTS_A_BOX = 3;

export class Scene {
  #gl;
  #boxes;
  #lines;
  #frame;
  #walls;
  #centre;

  /** `gl` is a WebGL2RenderingContext. */
  constructor(gl) {
    this.#gl = gl;
    this.#boxes = { program: programOf(gl, BOX_VERTEX, BOX_FRAGMENT), array: gl.createVertexArray(), corners: gl.createBuffer() };
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    // Numbers, not colours: a texture of floats that is to be smoothed counts as empty.
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
    gl.bindVertexArray(this.#boxes.array);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.#boxes.corners);
    this.#lines = programOf(gl, LINE_VERTEX, LINE_FRAGMENT);
    [this.#frame, this.#walls, this.#centre] = [1, 2, 3].map(() => shapeOf(gl));
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  /** Another container; the boxes stand in the order in which they are shown. */
  fill({ inner, boxes, centre }, colours) {
    const gl = this.#gl;
    gl.bindVertexArray(this.#boxes.array);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, triangles(boxes.length), gl.STATIC_DRAW);
    this.colour(boxes, colours);
    this.#put(this.#frame, frame(inner));
    this.#put(this.#walls, walls(inner));
    this.#put(this.#centre, centre === null ? new Float32Array() : plumbLine(centre));
  }

  colour(boxes, colours) {
    const gl = this.#gl;
    const rows = Math.ceil((boxes.length * PARTS_A_BOX) / PARTS_A_ROW);
    const values = new Float32Array(rows * PARTS_A_ROW * FLOATS_A_PART);
    boxes.forEach(({ x, y, z, w, h, d, item }, index) => {
      values.set([x, y, z, w, h, d, ...colours.get(item)], index * PARTS_A_BOX * FLOATS_A_PART);
    });
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB32F, PARTS_A_ROW, rows, 0, gl.RGB, gl.FLOAT, values);
  }

  /** The first `count` boxes. `newest` and `picked` are indexes, -1 for none; `ink` is the colour of text, 0 to 1. */
  draw({ matrix, eye }, { count, newest, picked, ink, pixelRatio }) {
    const gl = this.#gl;
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.clearColor(0, 0, 0, 0);
    gl.enable(gl.DEPTH_TEST);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    this.#drawShape(this.#walls, gl.TRIANGLES, matrix, [...ink, 0.07]);
    const { program, array } = this.#boxes;
    gl.useProgram(program);
    gl.bindVertexArray(array);
    gl.uniformMatrix4fv(gl.getUniformLocation(program, "camera"), false, matrix);
    gl.uniform3fv(gl.getUniformLocation(program, "eye"), eye);
    gl.uniform1i(gl.getUniformLocation(program, "newest"), newest);
    gl.uniform1i(gl.getUniformLocation(program, "picked"), picked);
    gl.uniform1f(gl.getUniformLocation(program, "pixelRatio"), pixelRatio);
    gl.uniform3fv(gl.getUniformLocation(program, "ink"), ink);
    gl.drawElements(gl.TRIANGLES, INDEXES_A_BOX * count, gl.UNSIGNED_INT, 0);
    this.#drawShape(this.#frame, gl.LINES, matrix, [...ink, 0.55]);
    // It is inside the boxes, and has to be seen through them.
    gl.disable(gl.DEPTH_TEST);
    this.#drawShape(this.#centre, gl.LINES, matrix, [...ink, 1]);
  }

  #put(shape, values) {
    const gl = this.#gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, shape.buffer);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
    shape.points = values.length / 3;
  }

  #drawShape(shape, mode, matrix, colour) {
    const gl = this.#gl;
    gl.useProgram(this.#lines);
    gl.bindVertexArray(shape.array);
    gl.uniformMatrix4fv(gl.getUniformLocation(this.#lines, "camera"), false, matrix);
    gl.uniform4fv(gl.getUniformLocation(this.#lines, "colour"), colour);
    gl.enable(gl.BLEND);
    gl.depthMask(false);
    gl.drawArrays(mode, 0, shape.points);
    gl.depthMask(true);
    gl.disable(gl.BLEND);
  }
}

function shapeOf(gl) {
  const shape = { array: gl.createVertexArray(), buffer: gl.createBuffer(), points: 0 };
  gl.bindVertexArray(shape.array);
  gl.bindBuffer(gl.ARRAY_BUFFER, shape.buffer);
  gl.enableVertexAttribArray(0);
  gl.vertexAttribPointer(0, 3, gl.FLOAT, false, 0, 0);
  return shape;
}

function programOf(gl, vertex, fragment) {
  const program = gl.createProgram();
  [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]].forEach(([kind, source]) => {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  });
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(`a shader that does not link: ${gl.getProgramInfoLog(program)}`);
  }
  return program;
}
