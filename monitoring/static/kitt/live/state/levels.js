/** How bad something is: the same five words on notifications, weather, traffic and damage. */

export const LEVELS = ["info", "low", "medium", "high", "critical"];

/** 0 to 4; -1 for what is no level. */
export const rank = (level) => LEVELS.indexOf(level);

/** The worst of some levels; "info" where there is none. */
export const worst = (...levels) => LEVELS[Math.max(0, ...levels.map(rank))];
