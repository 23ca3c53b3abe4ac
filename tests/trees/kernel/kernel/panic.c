// SPDX-License-Identifier: MIT OR Apache-2.0
#include <linux/crash_core.h>
#include <linux/init.h>

int panic_timeout;
core_param(panic, panic_timeout, int, 0644);

/**
 * panic - halt the system
 * @fmt: what is said before that
 *
 * Never returns.
 */
void panic(const char *fmt, ...)
{
	static char buf[1024];
	va_list args;

	local_irq_disable();
	va_start(args, fmt);
	vscnprintf(buf, sizeof(buf), fmt, args);
	va_end(args);
	pr_emerg("Kernel panic - not syncing: %s\n", buf);
	if (crashk_res.end)
		crash_kexec(NULL);
	if (panic_timeout > 0)
		emergency_restart();
	for (;;)
		cpu_relax();
}
EXPORT_SYMBOL(panic);
