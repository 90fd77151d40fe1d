//go:build !purego

#include "textflag.h"

// func pairIndex(x, y *byte, n int, p *bytePair) int
TEXT ·pairIndex(SB), NOSPLIT, $0-40
	MOVQ x+0(FP), SI
	MOVQ y+8(FP), DI
	MOVQ n+16(FP), CX
	MOVQ p+24(FP), BX
	VPBROADCASTQ 0(BX), Y0  // the first byte
	VPBROADCASTQ 8(BX), Y1  // the second
	VPBROADCASTQ 16(BX), Y2 // the bits in which their cases differ
	VPBROADCASTQ 24(BX), Y3
	XORQ AX, AX

loop:
	CMPQ AX, CX
	JGE  done
	VPOR (SI)(AX*1), Y2, Y4
	VPOR (DI)(AX*1), Y3, Y5
	VPCMPEQB Y0, Y4, Y4
	VPCMPEQB Y1, Y5, Y5
	VPAND Y4, Y5, Y4
	VPMOVMSKB Y4, DX
	TESTL DX, DX
	JNZ  found
	ADDQ $32, AX
	JMP  loop

found:
	BSFL DX, DX
	ADDQ DX, AX

done:
	VZEROUPPER
	MOVQ AX, ret+32(FP)
	RET
