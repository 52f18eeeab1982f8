/*
 * From the kernel's first instruction to main: apply the relative relocations of a static position-independent binary, seed the
 * stack protector, call. Nothing here may use a table with pointers or a protected function before that is done.
 */
#include "pilot.h"
#include <linux/auxvec.h>
#include <linux/elf.h>

/* The one mutable global: gcc compares it with each frame's copy. */
uintptr_t __stack_chk_guard;

extern const Elf64_Dyn _DYNAMIC[] __attribute__((visibility("hidden")));
extern const char __ehdr_start[] __attribute__((visibility("hidden")));

__attribute__((used, noreturn)) void start_with_stack(uintptr_t *stack);

__asm__(".globl _start\n"
        ".type _start, @function\n"
        "_start:\n"
        "    xorl %ebp, %ebp\n"
        "    movq %rsp, %rdi\n"
        "    andq $-16, %rsp\n"
        "    call start_with_stack\n"
        "    hlt\n");

_Noreturn void __stack_chk_fail(void);
_Noreturn void __stack_chk_fail(void) {
    __builtin_trap();
}

static __attribute__((no_stack_protector)) void relocate(void) {
    uintptr_t base = (uintptr_t)__ehdr_start;
    uintptr_t table = 0;
    size_t size = 0;
    for (const Elf64_Dyn *each = _DYNAMIC; each->d_tag != DT_NULL; each++) {
        if (each->d_tag == DT_RELA) {
            table = base + each->d_un.d_ptr;
        } else if (each->d_tag == DT_RELASZ) {
            size = each->d_un.d_val;
        }
    }
    for (size_t at = 0; at < size; at += sizeof(Elf64_Rela)) {
        const Elf64_Rela *each = (const Elf64_Rela *)(table + at);
        *(uintptr_t *)(base + each->r_offset) = base + (uintptr_t)each->r_addend;
    }
}

/* The tables that hold pointers (the dispatch table is one) were writable for the relocations only. */
static void protect_tables(const Elf64_Phdr *headers, uintptr_t count) {
    for (uintptr_t k = 0; k < count; k++) {
        if (headers[k].p_type == PT_GNU_RELRO) {
            uintptr_t start = ((uintptr_t)__ehdr_start + headers[k].p_vaddr) & ~(uintptr_t)4095;
            uintptr_t end = ((uintptr_t)__ehdr_start + headers[k].p_vaddr + headers[k].p_memsz) & ~(uintptr_t)4095;
            sys_raw(__NR_mprotect, (long)start, (long)(end - start), PROT_READ, 0, 0, 0);
        }
    }
}

__attribute__((no_stack_protector)) void start_with_stack(uintptr_t *stack) {
    relocate();
    struct process process = {.argc = (int)stack[0], .argv = (char **)(stack + 1)};
    process.envp = process.argv + process.argc + 1;
    uintptr_t *aux = (uintptr_t *)process.envp;
    while (*aux++ != 0) {
    }
    const Elf64_Phdr *headers = NULL;
    uintptr_t header_count = 0;
    for (; aux[0] != AT_NULL; aux += 2) {
        if (aux[0] == AT_RANDOM) {
            memcpy(&__stack_chk_guard, (const void *)aux[1], sizeof __stack_chk_guard);
        } else if (aux[0] == AT_PHDR) {
            headers = (const Elf64_Phdr *)aux[1];
        } else if (aux[0] == AT_PHNUM) {
            header_count = aux[1];
        }
    }
    /* A zero byte in the guard stops a string overflow from writing the right value. */
    __stack_chk_guard &= ~(uintptr_t)0xff;
    protect_tables(headers, header_count);
    sys_exit(pilot_start(&process));
}
