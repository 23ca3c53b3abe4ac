// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Caches of objects of one size.
 */
#include <linux/init.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

struct kmem_cache {
	const char	*name;
	unsigned int	size;
	unsigned int	flags;
	spinlock_t	lock;
	void		*free_list;
};

static struct kmem_cache boot_cache;

static void *slab_alloc(struct kmem_cache *s, gfp_t flags)
{
	unsigned long irq;
	void *object;

	spin_lock_irqsave(&s->lock, irq);
	object = s->free_list;
	if (object)
		s->free_list = *(void **)object;
	spin_unlock_irqrestore(&s->lock, irq);
	return object ? object : slab_grow(s, flags);
}

/**
 * kmem_cache_alloc - take one object out of a cache
 * @s: the cache
 * @flags: what the allocator may do to find memory
 *
 * Return: the object, or %NULL when there is no memory.
 */
void *kmem_cache_alloc(struct kmem_cache *s, gfp_t flags)
{
	return slab_alloc(s, flags);
}
EXPORT_SYMBOL(kmem_cache_alloc);

void *kmem_cache_zalloc(struct kmem_cache *s, gfp_t flags)
{
	void *object = kmem_cache_alloc(s, flags);

	return object ? memset(object, 0, s->size) : NULL;
}
EXPORT_SYMBOL_GPL(kmem_cache_zalloc);

void kmem_cache_free(struct kmem_cache *s, void *object)
{
	unsigned long irq;

	spin_lock_irqsave(&s->lock, irq);
	*(void **)object = s->free_list;
	s->free_list = object;
	spin_unlock_irqrestore(&s->lock, irq);
}
EXPORT_SYMBOL(kmem_cache_free);

void *__kmalloc(size_t size, gfp_t flags)
{
	if (size > KMALLOC_MAX_SIZE)
		return NULL;
	return slab_alloc(kmalloc_slab(size), flags);
}
EXPORT_SYMBOL(__kmalloc);

void kfree(const void *object)
{
	if (object)
		kmem_cache_free(virt_to_cache(object), (void *)object);
}
EXPORT_SYMBOL(kfree);

void __init mm_init(void)
{
	spin_lock_init(&boot_cache.lock);
	boot_cache.name = "kmem_cache";
	boot_cache.size = sizeof(struct kmem_cache);
}
