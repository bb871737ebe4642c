/** Web Mercator: angles stay right, so that an arrow points where a truck goes. The world is a square of 1 by 1. */

const MAX_LAT = 85.05;

export function project(lon, lat) {
  const sine = Math.sin((Math.max(-MAX_LAT, Math.min(MAX_LAT, lat)) * Math.PI) / 180);
  return [(lon + 180) / 360, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}
