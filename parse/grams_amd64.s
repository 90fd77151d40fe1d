//go:build !purego

#include "textflag.h"
#include "go_asm.h"

#define CONST32(name, byte) \
	DATA name<>+0(SB)/8, $byte \
	DATA name<>+8(SB)/8, $byte \
	DATA name<>+16(SB)/8, $byte \
	DATA name<>+24(SB)/8, $byte \
	GLOBL name<>(SB), RODATA|NOPTR, $32

CONST32(feeds, 0x0a0a0a0a0a0a0a0a)
CONST32(backslashes, 0x5c5c5c5c5c5c5c5c)
CONST32(escapes, 0x1b1b1b1b1b1b1b1b)
CONST32(halves, 0x0f0f0f0f0f0f0f0f)

// PLACE leaves those of the first eight sets in Y1, and of the others in Y2, that may
// have the bytes at offset k as their k-th, none where these are not ASCII. The
// tables of the first are in low and high.
#define PLACE(k, low, high) \
	VMOVDQU k(SI)(AX*1), Y4 \
	VPSRLW $4, Y4, Y5 \
	VPAND Y0, Y5, Y5 \
	VPSHUFB Y4, low, Y6 \
	VPSHUFB Y5, high, Y7 \
	VPAND Y6, Y1, Y1 \
	VPAND Y7, Y1, Y1 \
	VMOVDQU (tables_low+64*k+32)(BX), Y6 \
	VMOVDQU (tables_high+64*k+32)(BX), Y7 \
	VPSHUFB Y4, Y6, Y6 \
	VPSHUFB Y5, Y7, Y7 \
	VPAND Y6, Y7, Y7 \
	VPAND Y7, Y2, Y2

// func gramIndex(t *tables, buf *byte, at, to int) int
TEXT ·gramIndex(SB), NOSPLIT, $0-40
	MOVQ t+0(FP), BX
	MOVQ buf+8(FP), SI
	MOVQ at+16(FP), AX
	MOVQ to+24(FP), CX
	VMOVDQU halves<>(SB), Y0
	VMOVDQU (tables_low+64*0)(BX), Y8
	VMOVDQU (tables_low+64*1)(BX), Y9
	VMOVDQU (tables_low+64*2)(BX), Y10
	VMOVDQU (tables_low+64*3)(BX), Y11
	VMOVDQU (tables_high+64*0)(BX), Y12
	VMOVDQU (tables_high+64*1)(BX), Y13
	VMOVDQU (tables_high+64*2)(BX), Y14
	VMOVDQU (tables_high+64*3)(BX), Y15

loop:
	CMPQ AX, CX
	JGE  done
	VPCMPEQB Y1, Y1, Y1
	VPCMPEQB Y2, Y2, Y2
	PLACE(0, Y8, Y12)
	PLACE(1, Y9, Y13)
	PLACE(2, Y10, Y14)
	PLACE(3, Y11, Y15)
	VMOVDQU (SI)(AX*1), Y3
	VPCMPEQB backslashes<>(SB), Y3, Y4
	VPCMPEQB escapes<>(SB), Y3, Y5
	VPOR Y1, Y2, Y1
	VPOR Y4, Y5, Y4
	VPOR Y1, Y4, Y1
	VPXOR Y4, Y4, Y4
	VPCMPEQB Y4, Y1, Y1
	VPMOVMSKB Y1, DX
	NOTL DX // what was found
	VPCMPEQB feeds<>(SB), Y3, Y3
	VPMOVMSKB Y3, R10
	TESTL R10, R10
	JNZ  lines

looked:
	TESTL DX, DX
	JNZ  found
	ADDQ $32, AX
	JMP  loop

lines: // does the line behind each line feed begin as others do?
	LEAQ (SI)(AX*1), DI

line:
	TZCNTL R10, R11
	VMOVDQU 1(DI)(R11*1), Y4
	VPXOR tables_head(BX), Y4, Y4
	VPTEST tables_mask(BX), Y4
	JZ   begins
	BTSL R11, DX

begins:
	BLSRL R10, R10
	JNZ  line
	JMP  looked

found:
	TZCNTL DX, DX
	ADDQ DX, AX

done:
	VZEROUPPER
	MOVQ AX, ret+32(FP)
	RET
