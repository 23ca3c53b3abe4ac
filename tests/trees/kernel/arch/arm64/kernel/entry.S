/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include <linux/linkage.h>

	.text

SYM_CODE_START(vectors)
	b	el1_sync
	b	el0_sync
SYM_CODE_END(vectors)

SYM_CODE_START_LOCAL(el0_sync)
	mov	x0, sp
	bl	do_el0_svc
	eret
SYM_CODE_END(el0_sync)
