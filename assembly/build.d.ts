/** Constants that the build sets with `--use`, told to editors; the compiler never reads this file. */
declare const SANITIZE: i32;
declare const THREADS: i32;
declare const PACK: i32;
