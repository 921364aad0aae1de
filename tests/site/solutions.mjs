// What achieves each live figure's tasks: actions and their arguments.
export const SOLUTIONS = {
	buddy: [[0, 0], [0, 6], [1, 0], [0, 5], [0, 4], [0, 3], [0, 3], [1, 48], [1, 56]],
	fork: [[2, 0], [0, 0], [2, 16], [2, 0]],
	frames: [[4, 0]],
	heaps: [[1, 60], [0, 64]],
	holes: [[1, 4], [1, 3], [1, 4], [2, 4], [2, 0], [2, 7], [3, 0]],
	ledgers: [[5, 1], [4, 0], [4, 0], [4, 0]],
	segfit: [[0, 100], [0, 100], [0, 100], [1, 48], [0, 100]],
	slab: [[2, 20], [2, 20], ...Array.from({ length: 40 }, (_, i) => [1, i]), [3, 0], [4, 0]],
	txn: [[1, 3]],
	walk: [[0, 5], [1, 5]],
	"walk-aarch64": [[0, 5], [1, 5]],
};
