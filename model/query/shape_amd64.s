//go:build !purego

#include "textflag.h"
#include "go_asm.h"

// AND makes each byte of x, what is known of a place, also tell what is known of
// as many bytes before it as n says, moved up as many bits: of the lowest nothing is
// asked, which also hides what moves in from the byte below. was is x of 32 bytes
// before, and becomes this one.
#define AND(n, lowest, x, was) \
	VPERM2I128 $0x21, x, was, Y4 \
	VMOVDQA x, was \
	VPALIGNR $(16-n), Y4, x, Y4 \
	VPSLLW $n, Y4, Y4 \
	VPOR lowest, Y4, Y4 \
	VPAND Y4, x, x

// func shapeIndex(buf *byte, n int, sh *shape) int
TEXT ·shapeIndex(SB), NOSPLIT, $0-32
	MOVQ buf+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ sh+16(FP), BX
	VBROADCASTI128 shape_low(BX), Y0
	VBROADCASTI128 shape_high(BX), Y1
	MOVQ $8, DX
	SUBQ shape_n(BX), DX
	VMOVQ DX, X13 // from the bit of the last byte to the highest
	VPCMPEQB Y10, Y10, Y10
	VPABSB Y10, Y10       // 1 in each byte
	VPADDB Y10, Y10, Y11
	VPADDB Y10, Y11, Y11  // 3
	VPSLLW $4, Y10, Y2
	VPSUBB Y10, Y2, Y2    // 15
	VPXOR Y5, Y5, Y5
	VPXOR Y6, Y6, Y6
	VPXOR Y7, Y7, Y7
	XORQ AX, AX

loop:
	CMPQ AX, CX
	JGE  done
	VMOVDQU (SI)(AX*1), Y3
	VPSRLW $4, Y3, Y4
	VPAND Y2, Y3, Y3
	VPAND Y2, Y4, Y4
	VPSHUFB Y3, Y0, Y3
	VPSHUFB Y4, Y1, Y4
	VPAND Y4, Y3, Y3     // bit k: it may be the k-th byte
	AND(1, Y10, Y3, Y5)  // and the one before it the one before that
	AND(2, Y11, Y3, Y6)  // and so on for four
	AND(4, Y2, Y3, Y7)   // and for eight
	VPSLLW X13, Y3, Y3
	VPMOVMSKB Y3, DX
	TESTL DX, DX
	JNZ  found
	ADDQ $32, AX
	JMP  loop

found:
	BSFL DX, DX
	ADDQ DX, AX

done:
	VZEROUPPER
	MOVQ AX, ret+24(FP)
	RET
