//go:build !purego

#include "textflag.h"

#define BYTES(byte, x, y) \
	MOVL $byte, AX \
	VMOVD AX, x \
	VPBROADCASTD x, y

// func lineScan(dst *uint32, room int, src *byte, at, to int) (n, stop int, odd oddities)
TEXT ·lineScan(SB), NOSPLIT, $0-60
	MOVQ dst+0(FP), DI
	MOVQ room+8(FP), R8
	MOVQ src+16(FP), SI
	MOVQ to+32(FP), CX
	BYTES(0x0a0a0a0a, X0, Y0)
	BYTES(0x1b1b1b1b, X1, Y1)
	BYTES(0x5c5c5c5c, X2, Y2)
	VPXOR Y3, Y3, Y3 // where an escape was
	VPXOR Y4, Y4, Y4 // where a backslash was
	MOVQ at+24(FP), AX
	XORQ R9, R9      // found

loop:
	CMPQ AX, CX
	JGE  done
	VMOVDQU (SI)(AX*1), Y5
	VMOVDQU 32(SI)(AX*1), Y6
	VPCMPEQB Y1, Y5, Y7
	VPCMPEQB Y1, Y6, Y8
	VPOR Y7, Y3, Y3
	VPOR Y8, Y3, Y3
	VPCMPEQB Y2, Y5, Y7
	VPCMPEQB Y2, Y6, Y8
	VPOR Y7, Y4, Y4
	VPOR Y8, Y4, Y4
	VPCMPEQB Y0, Y5, Y5
	VPCMPEQB Y0, Y6, Y6
	VPMOVMSKB Y5, R10
	VPMOVMSKB Y6, R11
	SHLQ $32, R11
	ORQ  R11, R10
	POPCNTQ R10, R12
	LEAQ (DI)(R9*4), R13
	TZCNTQ R10, R11
	ADDQ AX, R11
	MOVL R11, (R13)
	BLSRQ R10, R10
	TZCNTQ R10, R11
	ADDQ AX, R11
	MOVL R11, 4(R13)
	BLSRQ R10, R10
	JNZ  more

next:
	ADDQ R12, R9
	ADDQ $64, AX
	CMPQ R9, R8
	JLT  loop

done:
	MOVQ R9, n+40(FP)
	MOVQ AX, stop+48(FP)
	XORL DX, DX
	XORL BX, BX
	VPMOVMSKB Y3, R10
	VPMOVMSKB Y4, R11
	NEGL R10 // carries if it is not zero
	ADCL $0, DX
	NEGL R11
	ADCL $0, BX
	LEAL (DX)(BX*2), DX
	MOVL DX, odd+56(FP)
	VZEROUPPER
	RET

more:
	TZCNTQ R10, R11
	ADDQ AX, R11
	MOVL R11, 8(R13)
	ADDQ $4, R13
	BLSRQ R10, R10
	JNZ  more
	JMP  next
