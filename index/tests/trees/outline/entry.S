/* SPDX-License-Identifier: MIT */
#include <linux/linkage.h>
	.globl	widget_boot
/* Starts it. */
SYM_CODE_START(widget_entry)
	call	widget_prepare
	jmp	widget_return	# don't come back
SYM_CODE_END(widget_entry)

widget_boot:
	bl	start_widgets
local_label:
	nop

SYM_FUNC_START_LOCAL(widget_helper)
	ret
SYM_FUNC_END(widget_helper)
