// SPDX-License-Identifier: MIT OR Apache-2.0
#include <linux/init.h>
#include <linux/slab.h>

struct toy_uart {
	void __iomem	*base;
	unsigned int	irq;
};

static irqreturn_t toy_uart_interrupt(int irq, void *data)
{
	struct toy_uart *uart = data;

	if (!(readl(uart->base) & TOY_UART_PENDING))
		return IRQ_NONE;
	writel(TOY_UART_PENDING, uart->base);
	return IRQ_HANDLED;
}

static int toy_uart_probe(struct platform_device *pdev)
{
	struct toy_uart *uart = kzalloc(sizeof(*uart), GFP_KERNEL);

	if (!uart)
		return -ENOMEM;
	uart->irq = platform_get_irq(pdev, 0);
	return request_irq(uart->irq, toy_uart_interrupt, 0, "toy-uart", uart);
}

static const struct of_device_id toy_uart_of_match[] = {
	{ .compatible = "toy,uart-1.0" },
	{ }
};
MODULE_DEVICE_TABLE(of, toy_uart_of_match);

static struct platform_driver toy_uart_driver = {
	.probe	= toy_uart_probe,
	.driver	= {
		.name		= "toy-uart",
		.of_match_table	= toy_uart_of_match,
	},
};
module_platform_driver(toy_uart_driver);
